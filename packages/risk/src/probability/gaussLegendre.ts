/** Nodes and weights of a quadrature rule. */
type Quadrature = { readonly nodes: Float64Array; readonly weights: Float64Array }

/** Gauss–Legendre rule of `n` points on [0, 1], nodes by Newton's method on the Legendre polynomial. */
export function gaussLegendre(n: number): Quadrature {
  const nodes = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let z = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    let slope = 1
    for (let round = 0; round < 40; round++) {
      let p = 1
      let before = 0
      for (let j = 0; j < n; j++) {
        const next = ((2 * j + 1) * z * p - j * before) / (j + 1)
        before = p
        p = next
      }
      slope = (n * (z * p - before)) / (z * z - 1)
      const step = p / slope
      z -= step
      if (Math.abs(step) < 1e-15) break
    }
    nodes[n - 1 - i] = (1 + z) / 2
    weights[n - 1 - i] = 1 / ((1 - z * z) * slope * slope)
  }
  return { nodes, weights }
}
