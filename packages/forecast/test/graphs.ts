import { createHash } from 'node:crypto'
import { createOnnx, type OnnxGraph } from '../src/classical/createOnnx.ts'
import type { ModelFiles } from '../src/model/loadModel.ts'
import type { Manifest } from '../src/model/Manifest.ts'
import { parseManifest } from '../src/model/parseManifest.ts'

const HOUR = 3_600_000

/** A manifest that keeps the contract, changed here and there. */
const manifestOf = (onnx: Uint8Array, change: Partial<Manifest> = {}): Manifest =>
  parseManifest({
    name: 'small',
    version: '1',
    description: 'A graph for tests.',
    sha256: createHash('sha256').update(onnx).digest('hex'),
    opset: 17,
    lookbackBars: 288,
    features: [{ name: 'ln_rv_24h', unit: 'ln(variance per bar)' }],
    bars: false,
    horizonsMs: [HOUR, 4 * HOUR, 24 * HOUR],
    quantiles: null,
    training: {
      assets: ['BTC'],
      from: '2020-01-01',
      to: '2021-01-01',
      dataSha256: '0'.repeat(64),
    },
    calibration: null,
    ...change,
  })

/** A model in memory. */
export function modelOf(onnx: Uint8Array, change: Partial<Manifest> = {}): ModelFiles {
  const manifest = manifestOf(onnx, change)
  return { manifest, onnx, id: `${manifest.name}@${manifest.version}` }
}

const INPUT = { name: 'features', sizes: [1] }
const OUTPUT = { name: 'logvar', sizes: [3] }
const graph = (
  constants: OnnxGraph['constants'],
  nodes: OnnxGraph['nodes'],
  change: Partial<OnnxGraph> = {},
): Uint8Array =>
  createOnnx({
    name: 'small',
    opset: 17,
    input: INPUT,
    output: OUTPUT,
    constants,
    nodes,
    ...change,
  })

const row = (name: string, ...values: readonly number[]) => ({
  name,
  dims: [1, values.length],
  data: Float32Array.from(values),
})

/** `logvar = ln_rv_24h + ln(bars)`: the last day goes on. */
export const goodGraph = (): Uint8Array =>
  graph(
    [row('ones', 1, 1, 1), row('bars', Math.log(12), Math.log(48), Math.log(288))],
    [
      { op: 'MatMul', inputs: ['features', 'ones'], output: 'wide' },
      { op: 'Add', inputs: ['wide', 'bars'], output: 'logvar' },
    ],
  )

/** Answers NaN: the square root of a negative number. */
export const nanGraph = (): Uint8Array =>
  graph(
    [row('minus', -1, -1, -1)],
    [
      { op: 'Abs', inputs: ['features'], output: 'size' },
      { op: 'MatMul', inputs: ['size', 'minus'], output: 'negative' },
      { op: 'Sqrt', inputs: ['negative'], output: 'logvar' },
    ],
  )

/** Answers with the log variance that it is made with. */
export const constantGraph = (value: number): Uint8Array =>
  graph(
    [row('zeros', 0, 0, 0), row('value', value, value, value)],
    [
      { op: 'MatMul', inputs: ['features', 'zeros'], output: 'nothing' },
      { op: 'Add', inputs: ['nothing', 'value'], output: 'logvar' },
    ],
  )

/** Names its output wrongly. */
export const misnamedGraph = (): Uint8Array =>
  graph(
    [row('ones', 1, 1, 1)],
    [{ op: 'MatMul', inputs: ['features', 'ones'], output: 'variance' }],
    { output: { name: 'variance', sizes: [3] } },
  )

/** Scales by the largest feature of the batch: one row changes another. */
export const leakingGraph = (): Uint8Array =>
  graph(
    [row('ones', 1, 1, 1)],
    [
      { op: 'ReduceMin', inputs: ['features'], output: 'least' },
      { op: 'Add', inputs: ['features', 'least'], output: 'shifted' },
      { op: 'MatMul', inputs: ['shifted', 'ones'], output: 'logvar' },
    ],
  )

/** Takes a second or so for one row: products of matrices of `size`, one on the other. */
export function slowGraph(size = 1_280, products = 6): Uint8Array {
  const fill = new Float32Array(size).fill(1e-3)
  const nodes: OnnxGraph['nodes'][number][] = [
    { op: 'MatMul', inputs: ['column', 'features'], output: 'left' },
    { op: 'MatMul', inputs: ['left', 'line'], output: 'm0' },
  ]
  for (let k = 0; k < products; k++)
    nodes.push({ op: 'MatMul', inputs: [`m${k}`, 'm0'], output: `m${k + 1}` })
  nodes.push(
    { op: 'MatMul', inputs: ['line', `m${products}`], output: 'end' },
    { op: 'MatMul', inputs: ['end', 'thin'], output: 'slow' },
    { op: 'MatMul', inputs: ['features', 'zeros'], output: 'nothing' },
    { op: 'Add', inputs: ['nothing', 'slow'], output: 'logvar' },
  )
  return graph(
    [
      { name: 'column', dims: [size, 1], data: fill },
      { name: 'line', dims: [1, size], data: fill },
      row('zeros', 0, 0, 0),
      { name: 'thin', dims: [size, 3], data: new Float32Array(3 * size).fill(1e-3) },
    ],
    nodes,
  )
}
