import { type Frame, healthFactorOf, priceFromNumber, priceSets } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { USDC, WETH, world } from '../../test/world.ts'
import { DEFAULT_BREAKER_CONFIG } from './BreakerConfig.ts'
import type { BreakerState } from './BreakerState.ts'
import { effectsOf, type Permission } from './effectsOf.ts'
import { evaluateBreakers } from './evaluateBreakers.ts'
import type { FeedReading } from './MarketReadings.ts'
import { readingsOf } from './readingsOf.ts'

const config = {
  ...DEFAULT_BREAKER_CONFIG,
  sources: { amberBelow: 3, redBelow: 1, exempt: ['USDC'] },
}
const FLOOR = 1.3
const START = 1_700_000_000

/** A loan of 10 ETH at $2,000 in the market, its venue's oracle off by a share. */
function frameAt(error: number, debt: number, seconds: number): Frame {
  const frame = world({
    oracle: { ETH: 2_000 * (1 + error) },
    market: { ETH: 2_000 },
    loans: [
      {
        venue: 'aave',
        collateral: [{ token: WETH, amount: 10 }],
        debt: [{ token: USDC, amount: debt }],
      },
    ],
  })
  const timestamp = BigInt(START + seconds)
  return {
    ...frame,
    block: { ...frame.block, timestamp },
    prices: [
      {
        source: 'chainlink',
        asset: 'ETH',
        price: priceFromNumber(2_000 * (1 + error)),
        updatedAt: timestamp,
        heartbeat: 3_600n,
      },
    ],
  }
}

const mids = (seconds: number): readonly FeedReading[] =>
  ['binance', 'coinbase'].map((feed) => ({
    feed,
    asset: 'ETH',
    role: 'market',
    price: 2_000,
    updatedAt: START + seconds,
    heartbeat: 60,
  }))

/** An hour of wrong prices, a look a minute, with what the venue's own prices say about a hit. */
function hour(p: {
  readonly error: number
  readonly debt: number
  readonly pHit10min: (healthVenue: number) => number
}): readonly { readonly permission: Permission; readonly healthVenue: number }[] {
  let previous: BreakerState | null = null
  return Array.from({ length: 61 }, (_, minute) => {
    const frame = frameAt(p.error, p.debt, minute * 60)
    const readings = readingsOf(frame, { feeds: mids(minute * 60) })
    previous = evaluateBreakers({ readings, config, previous, now: START + minute * 60 })
    const [domain] = frame.portfolio.domains
    const { oracle, market } = priceSets(domain!, frame)
    const healthVenue = healthFactorOf(domain!.health(oracle))
    return {
      healthVenue,
      permission: effectsOf(
        previous,
        {
          healthMarket: healthFactorOf(domain!.health(market)),
          actBelow: FLOOR,
          pHit10min: p.pHit10min(healthVenue),
        },
        config,
      ),
    }
  })
}

const ERRORS = [-0.05, -0.04, -0.03, -0.02, -0.0101, -0.01, 0.01, 0.02, 0.03, 0.05]

describe.for(ERRORS)(
  'an oracle that is off by %s for an hour while the market is right',
  (error) => {
    test('default: never sells, though its own health asks for it', () => {
      // 16,000 / 12,300 = 1.3008 at the market: above the floor, and below it at an oracle 1 % too low.
      const looks = hour({ error, debt: 12_300, pHit10min: () => 0.05 })
      if (error <= -0.01) expect(looks.every(({ healthVenue }) => healthVenue < FLOOR)).toBe(true)
      expect(looks.some(({ permission }) => permission.allowSwap)).toBe(false)
      expect(looks.every(({ permission }) => permission.swapRule === 'two-prices')).toBe(true)
      const diverged = Math.abs(error) > 0.01
      for (const { permission } of looks) expect(permission.allowBoost).toBe(!diverged)
    })

    test('behavior: sells when the venue itself is about to liquidate', () => {
      const looks = hour({
        error,
        debt: 15_600,
        pHit10min: (health) => (health < 1.006 ? 0.4 : 0.01),
      })
      for (const { permission, healthVenue } of looks) {
        if (healthVenue < 1.006) expect(permission.swapRule).toBe('venue-hit')
        // 16,000 / 15,600 is below the floor at the market too: amber leaves that sale.
        else expect(permission.swapRule).toBe('market-health')
      }
      expect(looks.some(({ healthVenue }) => healthVenue < 1.006)).toBe(error <= -0.02)
    })
  },
)

test('behavior: beyond 5 % it is red, and not even a market that asks sells', () => {
  const looks = hour({ error: -0.0501, debt: 12_400, pHit10min: () => 0.05 })
  expect(looks.every(({ permission }) => permission.swapRule === 'red')).toBe(true)
})
