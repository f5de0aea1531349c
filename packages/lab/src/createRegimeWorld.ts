import { InvalidInputError } from '@plimsoll/domain'
import type { PolicyWorld } from '@plimsoll/risk'
import { createRandom } from './createRandom.ts'
import { HOURS_PER_YEAR, type World } from './World.ts'

/**
 * The market that the policy tables are solved in: diffusion and jumps in two regimes.
 *
 * @param initial - regime of the first hour; drawn as often as each lasts unless given.
 */
export function createRegimeWorld(
  { regimes }: Pick<PolicyWorld, 'regimes'>,
  initial: 'calm' | 'stress' | null = null,
): World {
  const [calm, stress] = regimes
  if (calm === undefined || stress === undefined || regimes.length !== 2)
    throw new InvalidInputError({
      field: 'world.regimes',
      found: regimes.length,
      allowed: 'calm and stress',
    })
  return {
    name: 'two regimes',
    calm,
    stress,
    path(seed, index, hours) {
      const random = createRandom(seed, 4 * index)
      const fate = createRandom(seed, 4 * index + 1)
      const growth = new Float64Array(hours)
      const returns = new Float64Array(hours)
      const costLevel = new Float64Array(hours)
      const luck = new Float64Array(hours)
      const often = random.uniform() < stress.stayHours / (calm.stayHours + stress.stayHours)
      let stressed = initial === null ? often : initial === 'stress'
      for (let t = 0; t < hours; t++) {
        const regime = stressed ? stress : calm
        const variance = regime.volatility ** 2 / HOURS_PER_YEAR
        let move = -0.5 * variance + Math.sqrt(variance) * random.normal()
        if (random.uniform() < regime.jumpRate / HOURS_PER_YEAR)
          move += regime.jumpMean + regime.jumpSd * random.normal()
        returns[t] = move
        growth[t] = Math.exp(move)
        costLevel[t] = stressed ? 1 : 0
        luck[t] = fate.uniform()
        if (random.uniform() < 1 / regime.stayHours) stressed = !stressed
      }
      return { growth, returns, costLevel, luck }
    },
  }
}
