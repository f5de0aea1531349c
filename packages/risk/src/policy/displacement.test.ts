import { expect, test } from 'vitest'
import { displacementOf } from './displacement.ts'
import { POLICY_WORLD } from './presets.ts'

test.each([0.002, 0.004, 0.0085, 0.011])(
  'default: mass, mean and variance are kept at a step of %s',
  (step) => {
    for (const regime of POLICY_WORLD.regimes) {
      const { first, weights } = displacementOf(regime, step)
      const moment = (power: number) =>
        weights.reduce((sum, weight, i) => sum + weight * ((first + i) * step) ** power, 0)
      const diffusion = regime.volatility ** 2 / 8760
      const jump = regime.jumpRate / 8760
      const mean = -0.5 * diffusion + jump * regime.jumpMean
      const variance = diffusion + jump * (regime.jumpSd ** 2 + (1 - jump) * regime.jumpMean ** 2)
      expect(moment(0)).toBeCloseTo(1, 12)
      expect(moment(1)).toBeCloseTo(mean, 7)
      expect(moment(2) - moment(1) ** 2).toBeGreaterThan(0.99 * variance)
      expect(moment(2) - moment(1) ** 2).toBeLessThan(1.01 * variance)
    }
  },
)
