import { createRandom } from './createRandom.ts'
import { type CostLevel, HOURS_PER_YEAR, type World } from './World.ts'

const VOLATILITY = 0.55
const REVERSION_HALF_LIFE = 48 // hours
const LOG_VOLATILITY_SD = 0.5
const JUMP_BASE = 6 // a year
const JUMP_EXCITED = 300 // a year, per jump
const JUMP_HALF_LIFE = 12 // hours
const JUMP_FLOOR = Math.log(0.5)
const BUSY = 30 // jumps a year from which trading is dearer

/**
 * A market unlike the one that policies are solved in.
 *
 * Log-volatility is an Ornstein–Uhlenbeck process around 55 %; jumps with fat tails beget jumps (branching ratio 0.59);
 * the cost of trading moves with both, without regimes.
 */
export function createUnseenWorld(costs: {
  readonly calm: CostLevel
  readonly stress: CostLevel
}): World {
  const keep = 2 ** (-1 / REVERSION_HALF_LIFE)
  const shock = LOG_VOLATILITY_SD * Math.sqrt(1 - keep * keep)
  const fade = 2 ** (-1 / JUMP_HALF_LIFE)
  return {
    name: 'rough volatility, self-exciting jumps',
    calm: costs.calm,
    stress: costs.stress,
    path(seed, index, hours) {
      const random = createRandom(seed, 4 * index + 2)
      const fate = createRandom(seed, 4 * index + 3)
      const growth = new Float64Array(hours)
      const returns = new Float64Array(hours)
      const costLevel = new Float64Array(hours)
      const luck = new Float64Array(hours)
      let logVolatility = LOG_VOLATILITY_SD * random.normal()
      let excited = 0
      for (let t = 0; t < hours; t++) {
        const volatility = VOLATILITY * Math.exp(logVolatility)
        const rate = JUMP_BASE + excited
        const variance = volatility ** 2 / HOURS_PER_YEAR
        let move = -0.5 * variance + Math.sqrt(variance) * random.normal()
        const jumps = random.uniform() < rate / HOURS_PER_YEAR
        if (jumps) move += Math.max(JUMP_FLOOR, -0.025 + (0.045 * random.student4()) / Math.SQRT2)
        returns[t] = move
        growth[t] = Math.exp(move)
        costLevel[t] = Math.max(
          0,
          Math.min(1, (volatility / VOLATILITY - 1) / 1.4 + (rate > BUSY ? 0.5 : 0)),
        )
        luck[t] = fate.uniform()
        logVolatility = keep * logVolatility + shock * random.normal()
        excited = fade * excited + (jumps ? JUMP_EXCITED : 0)
      }
      return { growth, returns, costLevel, luck }
    },
  }
}
