/** Peak figures of GPUs, as their makers print them. */
import { distance } from 'fastest-levenshtein';
import { Problem } from '../../core/problem.js';

export interface Card {
  readonly id: string;
  readonly name: string;
  /** Single precision without tensor cores, TFLOP/s. */
  readonly teraflops: number;
  /** Memory, GB/s. */
  readonly memoryBandwidth: number;
  /** Memory, GiB. */
  readonly memory: number;
  /** The link between two cards of a usual node, GB/s in one direction, as printed. */
  readonly link: { readonly name: string; readonly bandwidth: number };
  /** Document that prints the figures. */
  readonly source: string;
}

const pascal = 'NVIDIA Tesla P100 data sheet (2016) and white paper WP-08019-001';
const volta = 'NVIDIA Tesla V100 data sheet (2020) and white paper WP-08608-001';
const ampere = 'NVIDIA A100 Tensor Core GPU data sheet (2021)';
const hopper = 'NVIDIA H100 Tensor Core GPU data sheet (2023)';
const pcie3 = { name: 'PCIe 3.0 x16', bandwidth: 15.75 };

/** In order of appearance. */
export const cards: readonly Card[] = [
  {
    id: 'k80',
    name: 'Tesla K80 (one of its two GPUs)',
    teraflops: 4.37,
    memoryBandwidth: 240,
    memory: 12,
    link: pcie3,
    source: 'NVIDIA Tesla K80 board specification BD-07317-001 (halved)',
  },
  {
    id: 'p100',
    name: 'Tesla P100 SXM2',
    teraflops: 10.6,
    memoryBandwidth: 732,
    memory: 16,
    // Four NVLink 1.0 links of 20 GB/s a card; an S822LC joins the cards of a socket with two of them.
    link: { name: 'NVLink 1.0, two links', bandwidth: 40 },
    source: pascal,
  },
  {
    id: 'p100-pcie',
    name: 'Tesla P100 PCIe 16 GB',
    teraflops: 9.3,
    memoryBandwidth: 732,
    memory: 16,
    link: pcie3,
    source: pascal,
  },
  {
    id: 'gtx1080ti',
    name: 'GeForce GTX 1080 Ti',
    teraflops: 11.3,
    memoryBandwidth: 484,
    memory: 11,
    link: pcie3,
    source: 'NVIDIA GeForce GTX 1080 Ti product page (2017)',
  },
  {
    id: 'v100',
    name: 'Tesla V100 SXM2',
    teraflops: 15.7,
    memoryBandwidth: 900,
    memory: 32,
    link: { name: 'NVLink 2.0, two links', bandwidth: 50 },
    source: volta,
  },
  {
    id: 'a100',
    name: 'A100 SXM4 80 GB',
    teraflops: 19.5,
    memoryBandwidth: 2039,
    memory: 80,
    link: { name: 'NVLink 3.0 through NVSwitch', bandwidth: 300 },
    source: ampere,
  },
  {
    id: 'h100',
    name: 'H100 SXM5 80 GB',
    teraflops: 66.9,
    memoryBandwidth: 3350,
    memory: 80,
    link: { name: 'NVLink 4.0 through NVSwitch', bandwidth: 450 },
    source: hopper,
  },
];

/** Finds a card by its id. @throws Problem CARD_UNKNOWN */
export function cardNamed(id: string): Card {
  const wanted = id.toLowerCase();
  const card = cards.find((candidate) => candidate.id === wanted);
  if (card !== undefined) return card;
  const [nearest] = [...cards].sort((a, b) => distance(a.id, wanted) - distance(b.id, wanted));
  throw new Problem(
    'CARD_UNKNOWN',
    `No figures for a card "${id}"${nearest ? `; did you mean ${nearest.id}?` : ''}`,
    `Known: ${cards.map((candidate) => candidate.id).join(', ')}.`,
  );
}
