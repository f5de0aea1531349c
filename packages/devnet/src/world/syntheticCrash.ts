import { InvalidInputError } from '@plimsoll/domain'
import { START_PRICES, type StartPrices } from '../deploy/market.ts'
import { feedPrice, type PriceFrame, type PricePath } from './PricePath.ts'
import { quietPast } from './quietPast.ts'
import { type SeededRandom, seededRandom } from './seededRandom.ts'

const MIN_FRAMES = 72
const MAX_FRAMES = 10_000
const EPOCH = 1_700_000_100

// The shape: where in the path (share of frames) how much of the whole fall (share of its logarithm) is behind us.
const TURNS = [
  { at: 0, depth: 0 },
  { at: 0.1, depth: 0.02 }, // calm
  { at: 0.25, depth: 0.28 }, // first leg
  { at: 0.33, depth: 0.2 }, // rebound
  { at: 0.48, depth: 0.58 }, // second leg
  { at: 0.55, depth: 0.48 },
  { at: 0.67, depth: 0.8 }, // third leg
  { at: 0.72, depth: 0.72 },
  { at: 0.84, depth: 1 }, // bottom
  { at: 1, depth: 0.8 }, // recovery
] as const

/** What to make. */
export interface SyntheticCrash {
  /** Any integer; the same one gives the same path. */
  readonly seed: number
  /** Between 72 and 10000; fewer would need bars worse than −6 %. Default 96. */
  readonly frames?: number
  /** Time between frames. Default 300. [s] */
  readonly frameSeconds?: number
  /** Days of quiet trade before the first frame, as the path's `past`. Default 0. */
  readonly pastDays?: number
  /** USD prices of the first frame. The devnet's own unless given. */
  readonly start?: StartPrices
}

/**
 * Makes a crash that never happened: calm, four legs down with partial rebounds, a recovery.
 *
 * ETH falls by 46 to 49.5 % to its low, BTC, which moves with it, by 39 to 44 %; USDC stays. No bar of ETH falls by more
 * than 6 %. Deterministic from the seed.
 *
 * @throws {@link InvalidInputError} when the seed is no integer or the number of frames is out of bounds.
 */
export function syntheticCrash(options: SyntheticCrash): PricePath {
  const { seed, frames = 96, frameSeconds = 300, pastDays = 0, start = START_PRICES } = options
  if (!Number.isSafeInteger(seed))
    throw new InvalidInputError({ field: 'seed', found: seed, allowed: 'an integer' })
  if (!Number.isInteger(frames) || frames < MIN_FRAMES || frames > MAX_FRAMES)
    throw new InvalidInputError({
      field: 'frames',
      found: frames,
      allowed: `an integer from ${MIN_FRAMES} to ${MAX_FRAMES}`,
    })
  const random = seededRandom(seed)
  const turns = TURNS.map(({ at }, i) => {
    const inner = i > 0 && i < TURNS.length - 1
    return Math.round((at + (inner ? random.uniform(-0.01, 0.01) : 0)) * (frames - 1))
  })
  const fallOf = { ETH: random.uniform(0.46, 0.495), BTC: random.uniform(0.39, 0.44) }
  // A tenth of a bar's size in the steepest leg, whatever the number of frames.
  const roughness = 0.55 / frames
  const market = Array.from({ length: frames }, () => random.normal())
  const own = Array.from({ length: frames }, () => random.normal())
  const eth = track(turns, Math.log(1 - fallOf.ETH), market, roughness)
  const btcNoise = market.map((value, i) => 0.8 * value + 0.6 * (own[i] ?? 0))
  const btc = track(turns, Math.log(1 - fallOf.BTC), btcNoise, roughness * 0.8)
  const volumeOf = volumes(random, eth)
  return {
    name: 'synthetic-crash',
    gaps: [],
    ...(pastDays > 0
      ? { past: quietPast({ seed, days: pastDays, until: EPOCH, end: start }) }
      : {}),
    frames: eth.map(
      (lnEth, i): PriceFrame => ({
        at: EPOCH + i * frameSeconds,
        prices: {
          ETH: feedPrice(start.ETH * Math.exp(lnEth)),
          BTC: feedPrice(start.BTC * Math.exp(btc[i] ?? 0)),
          USDC: feedPrice(start.USDC),
        },
        volumes: { ETH: volumeOf(i, 4_000), BTC: volumeOf(i, 250) },
      }),
    ),
  }
}

/** Logarithm of price over starting price: straight between the turns, plus noise that is nothing at each turn. */
function track(
  turns: readonly number[],
  bottom: number,
  noise: readonly number[],
  roughness: number,
): readonly number[] {
  const line = [0]
  for (let turn = 1; turn < turns.length; turn++) {
    const from = turns[turn - 1] ?? 0
    const to = turns[turn] ?? 0
    const depth = (i: number) => bottom * (TURNS[i]?.depth ?? 0)
    const steps = noise.slice(from + 1, to + 1)
    const mean = steps.reduce((sum, value) => sum + value, 0) / steps.length
    let walk = 0
    steps.forEach((step, i) => {
      walk += (step - mean) * roughness
      const share = (i + 1) / steps.length
      line.push(Math.max(bottom, depth(turn - 1) * (1 - share) + depth(turn) * share + walk))
    })
  }
  return line
}

/** Volume grows with the size of the bar. */
function volumes(random: SeededRandom, track: readonly number[]) {
  return (i: number, calm: number): number => {
    const bar = Math.abs((track[i] ?? 0) - (track[i - 1] ?? 0))
    return Math.round(calm * random.uniform(0.7, 1.3) * (1 + 100 * bar))
  }
}
