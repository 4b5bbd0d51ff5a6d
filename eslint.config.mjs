import { defineConfig, globalIgnores } from 'eslint/config';
import { dirname, relative, resolve } from 'node:path';
import typescript from 'typescript-eslint';
import { paperNameRule } from './lint/paper-names.mjs';

/**
 * Imports point one way: a folder may import itself, npm packages and what is listed here; the first entry that a file is in
 * counts. `experiments`, which hands its papers to the program, `bench` and the tests may import everything; nothing else
 * imports `experiments`.
 */
const mayImport = {
  'harness/core': [],
  'harness/setup': ['harness/core', 'bootstrap/lock.mjs', 'datasets/download', 'datasets/formats/zip.ts'],
  'harness/engine': ['harness/core', 'harness/setup'],
  'harness/model': ['harness/core', 'harness/engine'],
  // What an expansion makes are jobs of the kinds of work; the rest of a plan knows none.
  ...Object.fromEntries(
    ['harness/plan/expand', 'harness/plan/plan.ts', 'harness/plan/profile/training-plan.ts'].map((path) => [
      path,
      ['harness/core', 'harness/engine', 'harness/model', 'harness/plan', 'harness/kinds', 'datasets'],
    ]),
  ),
  'harness/plan': ['harness/core', 'harness/engine', 'harness/model', 'datasets'],
  'harness/store': ['harness/core', 'harness/plan', 'harness/kinds'],
  'harness/kinds': [
    ...['harness/core', 'harness/engine', 'harness/model', 'harness/plan', 'datasets'],
    // What a run folder holds and what a worker tells; the store itself rests on the kinds of work.
    ...['environment', 'events', 'execution', 'run-folder'].map((file) => `harness/store/${file}.ts`),
    'harness/setup/visible-cards.ts',
    // Prices of operations, from profiles of steps.
    'harness/project/costs',
  ],
  'harness/project': [
    ...['harness/core', 'harness/engine', 'harness/model', 'harness/plan', 'harness/kinds', 'harness/store'],
  ],
  'harness/run': [
    ...['harness/core', 'harness/setup', 'harness/engine', 'harness/plan', 'harness/kinds', 'harness/store'],
    'harness/project',
  ],
  'harness/gpu-check': [
    ...['harness/core', 'harness/setup', 'harness/engine', 'harness/model', 'harness/plan', 'harness/kinds'],
    'harness/project',
  ],
  'harness/report': ['harness/core', 'harness/plan', 'harness/kinds', 'harness/store', 'harness/project'],
  'harness/cli': ['harness', 'datasets', 'bench', 'bootstrap'],
  datasets: ['harness/core', 'bootstrap/lock.mjs'],
};

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
    const open = [folder, ...(allowed ?? [])].map(within);
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

const enumerations = {
  selector: 'TSEnumDeclaration',
  message: 'A union of strings says the same and needs no code.',
};

const paperNames = paperNameRule(resolve(root, 'experiments'));

export default defineConfig(
  globalIgnores(['dist', 'native', 'reports', 'datasets/cache', '.venv']),
  {
    files: ['**/*.ts'],
    extends: [typescript.configs.strictTypeChecked],
    plugins: { project: { rules: { 'import-direction': importDirection, 'no-paper-names': paperNames } } },
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
      'no-restricted-syntax': ['error', enumerations],
      eqeqeq: 'error',
    },
  },
  {
    // What is for every paper knows none.
    files: ['harness/**/*.ts', 'datasets/**/*.ts'],
    rules: { 'project/no-paper-names': 'error' },
  },
  {
    // What depends on the kind of a job is a question to that kind.
    files: ['harness/**/*.ts', 'bench/**/*.ts', 'experiments/**/*.ts'],
    ignores: ['harness/kinds/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        enumerations,
        {
          selector:
            'BinaryExpression[operator=/^[!=]==$/][left.property.name="kind"][right.value=/^(error|timing|operations|trials)$/]',
          message: 'Ask the kind of work (harness/kinds/kind.ts), or use `is` of one.',
        },
      ],
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
