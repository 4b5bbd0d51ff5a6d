import { defineConfig, globalIgnores } from 'eslint/config';
import { dirname, relative, resolve } from 'node:path';
import typescript from 'typescript-eslint';

/**
 * Imports point one way. What each folder may import besides itself, npm packages and the files that all may import;
 * `commands` and `main.ts`, which put the program together, `bench` and the tests may import everything.
 */
const mayImport = {
  'harness/network': ['harness/engine/engine.ts'],
  'harness/engine': ['harness/network/operations.ts', 'harness/network/options.ts', 'harness/setup'],
  'harness/experiment': [
    ...['layout', 'layout-check', 'layout-notation', 'options', 'parameters', 'specification'].map(
      (name) => `harness/network/${name}.ts`,
    ),
    'harness/engine/engine.ts',
  ],
  'harness/result': ['harness/experiment', 'harness/network/specification.ts'],
  'harness/schedule': ['harness/experiment', 'harness/result', 'harness/setup', 'harness/network/specification.ts'],
  'harness/train': [
    'harness/network',
    'harness/engine',
    'harness/experiment',
    'harness/figure',
    'harness/result',
    'harness/setup',
    'harness/simulate/operation-times.ts',
    'datasets',
  ],
  'harness/simulate': [
    ...['harness/network', 'harness/engine', 'harness/experiment', 'harness/figure'],
    'harness/result/operation-times.ts',
  ],
  'harness/report': [
    ...['harness/experiment', 'harness/figure', 'harness/result', 'harness/simulate'],
    ...['layout', 'layout-notation', 'options', 'specification'].map((name) => `harness/network/${name}.ts`),
  ],
  'harness/figure': [],
  'harness/setup': ['bootstrap/lock.mjs', 'datasets/zip.ts'],
  datasets: [],
};
const allMayImport = ['philox', 'problem', 'problem-format', 'project', 'safe-text', 'seeded-random'].map(
  (name) => `harness/${name}.ts`,
);

const root = import.meta.dirname;
/** @param {string} folder */
const within = (folder) => (/** @type {string} */ path) => path === folder || path.startsWith(`${folder}/`);

/** @type {import('eslint').Rule.RuleModule} */
const importDirection = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { wrong: '{{folder}} may not import {{path}}: see the table in eslint.config.mjs.' },
  },
  create(context) {
    const file = relative(root, context.filename);
    const [folder, allowed] = Object.entries(mayImport).find(([name]) => within(name)(file)) ?? [];
    if (folder === undefined) return {};
    const open = [folder, ...(allowed ?? []), ...allMayImport].map(within);
    const check = (/** @type {any} */ node) => {
      const source = node.source?.value ?? node.source?.literal?.value;
      if (typeof source !== 'string' || !source.startsWith('.')) return;
      const path = relative(root, resolve(dirname(context.filename), source)).replace(/\.js$/, '.ts');
      if (!open.some((inside) => inside(path))) context.report({ node, messageId: 'wrong', data: { folder, path } });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
      TSImportType: check,
    };
  },
};

export default defineConfig(
  globalIgnores(['dist', 'native', 'reports', 'datasets/cache', '.venv']),
  {
    files: ['**/*.ts'],
    extends: [typescript.configs.strictTypeChecked],
    plugins: { project: { rules: { 'import-direction': importDirection } } },
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: root } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // Numbers read well in messages; everything else has to be made a string on purpose.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // An async function without await still turns what it throws into a rejection.
      '@typescript-eslint/require-await': 'off',
      // Interfaces are met by structure here, and there are no enums: both rules cost seconds and find nothing.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      'project/import-direction': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'A union of strings says the same and needs no code.' },
      ],
      eqeqeq: 'error',
    },
  },
  {
    // expect(object.method) and mocks are how tests are written.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    // Plain JavaScript: type-checked by tsc (checkJs), so only what tsc does not know.
    files: ['**/*.mjs'],
    rules: { eqeqeq: 'error', 'no-unused-vars': 'error', 'prefer-const': 'error' },
  },
);
