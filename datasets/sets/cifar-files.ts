/** What is known of CIFAR's files, in each of the two forms in which they are published. */
import type { FetchedLayout } from '../download/fetch-archive.js';

export type CifarName = 'cifar10' | 'cifar100';

export interface CifarLayout extends FetchedLayout {
  /** Records of labels and planes, or pickled dicts. */
  readonly format: 'binary' | 'python';
  /** In the order of the archive's numbering. */
  readonly train: readonly string[];
  readonly validation: string;
}

export interface CifarFiles {
  /** Label bytes of a record; the last one is the class (CIFAR-100 has the coarse class before it). */
  readonly labelBytes: 1 | 2;
  readonly layouts: readonly CifarLayout[];
  /** SHA-256 of each training part's records in the binary form, then the validation part's: a pickle of them counts too. */
  readonly records: readonly string[];
}

const batches = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}`);

const owners = ['https://www.cs.toronto.edu/~kriz/'];
/** PaddlePaddle's, which has the same archives in their other form. */
const mirror = ['https://dataset.bj.bcebos.com/cifar/'];

const cifar10Records = [
  'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
  'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
  'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
  '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
  '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
  '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
];
const cifar100Records = [
  'f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29',
  'd8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a',
];

/** Adds what follows from the rest of a layout. */
export function cifarLayout(
  layout: Omit<CifarLayout, 'files' | 'archives' | 'sums'>,
  sums: readonly string[],
): CifarLayout {
  const { folder, archive, train, validation } = layout;
  const files = [...train, validation];
  return {
    ...layout,
    files,
    // Keras 2 and 3 name the archive after its folder.
    archives: [archive.name, `${folder}.tar.gz`, `${folder}_archive`, `${folder}-target_archive`],
    sums: Object.fromEntries(files.map((file, at) => [file, sums[at] ?? ''])),
  };
}

/** MD5s of the archives: https://www.cs.toronto.edu/~kriz/cifar.html; of the pickles: those that torchvision checks. */
export const cifarFiles: Readonly<Record<CifarName, CifarFiles>> = {
  cifar10: {
    labelBytes: 1,
    layouts: [
      cifarLayout(
        {
          format: 'binary',
          folder: 'cifar-10-batches-bin',
          addresses: owners,
          train: batches.map((name) => `${name}.bin`),
          validation: 'test_batch.bin',
          archive: { name: 'cifar-10-binary.tar.gz', md5: 'c32a1d4ab5d03f1284b67883e8d87530', size: 170_052_171 },
        },
        cifar10Records,
      ),
      cifarLayout(
        {
          format: 'python',
          folder: 'cifar-10-batches-py',
          addresses: mirror,
          train: batches,
          validation: 'test_batch',
          archive: { name: 'cifar-10-python.tar.gz', md5: 'c58f30108f718f92721af3b95e74349a', size: 170_498_071 },
        },
        [
          'c99cafc152244af753f735de768cd75f',
          'd4bba439e000b95fd0a9bffe97cbabec',
          '54ebc095f3ab1f0389bbae665268c751',
          '634d18415352ddfa80567beed471001a',
          '482c414d41f54cd18b22e5b47cb7c3cb',
          '40351d587109b95175f43aff81a1287e',
        ],
      ),
    ],
    records: cifar10Records,
  },
  cifar100: {
    labelBytes: 2,
    layouts: [
      cifarLayout(
        {
          format: 'binary',
          folder: 'cifar-100-binary',
          addresses: owners,
          train: ['train.bin'],
          validation: 'test.bin',
          archive: { name: 'cifar-100-binary.tar.gz', md5: '03b5dce01913d631647c71ecec9e9cb8', size: 168_513_733 },
        },
        cifar100Records,
      ),
      cifarLayout(
        {
          format: 'python',
          folder: 'cifar-100-python',
          addresses: mirror,
          train: ['train'],
          validation: 'test',
          archive: { name: 'cifar-100-python.tar.gz', md5: 'eb9058c3a382ffc7106e4002c42a8d85', size: 169_001_437 },
        },
        ['16019d7e3df5f24257cddd939b257f8d', 'f0ef6b0ae62326f3e7ffdfab6717acfc'],
      ),
    ],
    records: cifar100Records,
  },
};
