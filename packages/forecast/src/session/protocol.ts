/** One batch of rows for a graph. */
export type Batch = {
  readonly rows: number
  /** `[rows, F]`, row by row. */
  readonly features: Float32Array
  /** `[rows, 288, 4]`, or null for a graph without that input. */
  readonly bars: Float32Array | null
}

/** What a graph answered: each output as it came, with its shape. */
export type RawOutputs = {
  readonly tensors: Readonly<Record<string, RawTensor>>
  /** Time inside the graph. [ms] */
  readonly inferenceMs: number
}

/** A tensor of numbers. */
export type RawTensor = { readonly dims: readonly number[]; readonly data: Float32Array }

/** An input or output as the graph declares it; a name in place of a size that is free. */
export type Declared = {
  readonly name: string
  readonly type: string
  readonly shape: readonly (number | string)[]
}

/** To the worker. After `end` it answers nothing more, and its thread ends by itself. */
export type Request =
  | { readonly type: 'run'; readonly id: number; readonly batch: Batch }
  | { readonly type: 'end' }

/** From the worker. */
export type Reply =
  | {
      readonly type: 'ready'
      readonly inputs: readonly Declared[]
      readonly outputs: readonly Declared[]
    }
  | { readonly type: 'unloadable'; readonly reason: string }
  | { readonly type: 'done'; readonly id: number; readonly outputs: RawOutputs }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
