import { createOnnx } from './createOnnx.ts'
import type { LinearModel } from './fitLinear.ts'

/** Writes a linear model as an ONNX graph: `logvar = features · W + b`. */
export function exportLinear(linear: LinearModel): Uint8Array {
  const inputs = linear.features.length
  const outputs = linear.horizons.length
  const weights = new Float32Array(inputs * outputs)
  for (const [h, horizon] of linear.horizons.entries())
    for (const [j, weight] of horizon.weights.entries()) weights[j * outputs + h] = weight
  return createOnnx({
    name: linear.name,
    opset: 17,
    input: { name: 'features', sizes: [inputs] },
    output: { name: 'logvar', sizes: [outputs] },
    constants: [
      { name: 'weights', dims: [inputs, outputs], data: weights },
      {
        name: 'intercept',
        dims: [outputs],
        data: Float32Array.from(linear.horizons, ({ intercept }) => intercept),
      },
    ],
    nodes: [
      { op: 'MatMul', inputs: ['features', 'weights'], output: 'product' },
      { op: 'Add', inputs: ['product', 'intercept'], output: 'logvar' },
    ],
  })
}
