import { expect, test } from 'vitest'
import { gaussLegendre } from './gaussLegendre.ts'

test('default', () => {
  for (const n of [1, 2, 6, 24]) {
    const { nodes, weights } = gaussLegendre(n)
    for (let power = 0; power < 2 * n; power++) {
      const sum = nodes.reduce((total, x, i) => total + (weights[i] ?? 0) * x ** power, 0)
      expect(sum).toBeCloseTo(1 / (power + 1), 12)
    }
  }
})
