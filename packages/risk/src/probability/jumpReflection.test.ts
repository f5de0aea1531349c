import { expect, test } from 'vitest'
import { createRiskRandom } from '../../verify/riskRandom.ts'
import { exactJumpReflection, jumpReflection } from './jumpReflection.ts'
import { normalTail } from './normalTail.ts'

test('default', () => {
  for (const d of [0, 0.4, 1.1, 2.3, 4.7])
    for (const share of [0, 0.004, 0.03, 0.17, 0.5, 0.83, 0.98, 1])
      expect(Math.abs(jumpReflection(d, share) - exactJumpReflection(d, share))).toBeLessThan(0.01)
})

test('behavior: a pure jump has no reflection, a far barrier has nearly all of it', () => {
  expect(jumpReflection(2, 0)).toBe(0)
  expect(exactJumpReflection(0, 1)).toBeCloseTo(0.5, 4) // E[2/π·atan √((1 − u)/u)]
  expect(exactJumpReflection(6, 0.5)).toBeGreaterThan(0.9)
  expect(jumpReflection(50, 0.5)).toBe(jumpReflection(6, 0.5))
})

test('behavior: agrees with drawn paths', () => {
  const random = createRiskRandom(7, 1)
  const paths = 200_000
  const z = new Float64Array(2 * paths)
  const u = new Float64Array(paths)
  random.normals(z)
  random.uniforms(u)
  for (const { d, share } of [
    { d: 0.5, share: 0.1 },
    { d: 1.5, share: 0.3 },
    { d: 2, share: 0.8 },
  ]) {
    let hits = 0
    for (let i = 0; i < paths; i++) {
      const after = share * (1 - (u[i] ?? 0))
      const reach =
        Math.sqrt(1 - after) * (z[2 * i] ?? 0) + Math.sqrt(after) * Math.abs(z[2 * i + 1] ?? 0)
      if (reach > d) hits++
    }
    const p = normalTail(d) * (1 + jumpReflection(d, share))
    const error = Math.sqrt((p * (1 - p)) / paths)
    expect(Math.abs(hits / paths - p)).toBeLessThan(4 * error + 0.01 * normalTail(d))
  }
})
