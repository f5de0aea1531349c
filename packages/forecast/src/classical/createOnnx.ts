/** A small graph of one input and one output, both float32 with a free first size. */
export type OnnxGraph = {
  readonly name: string
  readonly opset: number
  readonly input: { readonly name: string; readonly sizes: readonly number[] }
  readonly output: { readonly name: string; readonly sizes: readonly number[] }
  readonly constants: readonly {
    readonly name: string
    readonly dims: readonly number[]
    readonly data: Float32Array
  }[]
  /** In order of execution; operators without attributes. */
  readonly nodes: readonly {
    readonly op: string
    readonly inputs: readonly string[]
    readonly output: string
  }[]
}

const FLOAT = 1
const IR_VERSION = 8

/** Encodes a graph as an ONNX file. @see ONNX `onnx.proto` for the numbers of the fields. */
export function createOnnx(graph: OnnxGraph): Uint8Array {
  const tensor = (p: { readonly name: string; readonly sizes: readonly number[] }) =>
    message(
      text(1, p.name),
      bytes(
        2,
        bytes(
          1,
          message(
            integer(1, FLOAT),
            bytes(
              2,
              message(bytes(1, text(2, 'N')), ...p.sizes.map((size) => bytes(1, integer(1, size)))),
            ),
          ),
        ),
      ),
    )
  return message(
    integer(1, IR_VERSION),
    text(2, 'plimsoll'),
    bytes(
      7,
      message(
        ...graph.nodes.map(({ op, inputs, output }) =>
          bytes(1, message(...inputs.map((name) => text(1, name)), text(2, output), text(4, op))),
        ),
        text(2, graph.name),
        ...graph.constants.map(({ name, dims, data }) =>
          bytes(
            5,
            message(
              ...dims.map((size) => integer(1, size)),
              integer(2, FLOAT),
              text(8, name),
              bytes(9, littleEndian(data)),
            ),
          ),
        ),
        bytes(11, tensor(graph.input)),
        bytes(12, tensor(graph.output)),
      ),
    ),
    bytes(8, integer(2, graph.opset)),
  )
}

/** Fields one after another. */
function message(...fields: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const field of fields) {
    out.set(field, at)
    at += field.length
  }
  return out
}

/** A field with its length: wire type 2. */
const bytes = (field: number, value: Uint8Array): Uint8Array =>
  message(varint(field * 8 + 2), varint(value.length), value)

const text = (field: number, value: string): Uint8Array =>
  bytes(field, new TextEncoder().encode(value))

/** A whole number: wire type 0. */
const integer = (field: number, value: number): Uint8Array =>
  message(varint(field * 8), varint(value))

/** Seven bits a byte, lowest first, the top bit set where more follow. */
function varint(value: number): Uint8Array {
  const out: number[] = []
  let left = value
  for (; left > 127; left = Math.floor(left / 128)) out.push((left % 128) + 128)
  return Uint8Array.from([...out, left])
}

function littleEndian(data: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(data.length * 4))
  for (const [i, value] of data.entries()) view.setFloat32(4 * i, value, true)
  return new Uint8Array(view.buffer)
}
