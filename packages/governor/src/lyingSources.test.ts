import { type DepthReading, type Frame, numberFromRaw, usd } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { deleverage, market } from '../test/market.ts'
import { createMemoryBudgetStore } from './budget/createMemoryBudgetStore.ts'
import { createFootprintGovernor } from './createFootprintGovernor.ts'
import type { MarketConditions } from './market/MarketConditions.ts'
import { DEFAULT_FOOTPRINT } from './rules/FootprintConfig.ts'

const key = { asset: 'ETH', venue: 'pool', purpose: 'orders' } as const
const honest: MarketConditions = {
  at: 0n,
  dailyVolume: 288e6,
  dailyVolatility: 0.04,
  recentVolatility: 0.04,
  othersFlow: 0,
}

/** What the largest order gets after ten honest minutes, when the source then says something else. [USD] */
async function grantedWhen(p: {
  readonly reading?: Partial<DepthReading>
  readonly conditions?: Partial<MarketConditions> | null
}): Promise<number> {
  const clock = { at: 0, now: () => clock.at }
  const store = createMemoryBudgetStore(clock)
  await store.define(key, {
    limit: usd(10n ** 15n),
    slotMs: DEFAULT_FOOTPRINT.slotMs,
    gatherMs: 0,
    leaseSlots: 2,
  })
  let lies = false
  const governor = createFootprintGovernor({
    agent: 'keeper',
    config: DEFAULT_FOOTPRINT,
    store,
    bypass: null,
    conditions: (_, { block }) => {
      if (!lies) return { ...honest, at: block.timestamp }
      return p.conditions === null ? null : { ...honest, at: block.timestamp, ...p.conditions }
    },
  })
  const frameAt = (second: number, change: Partial<DepthReading> = {}): Frame => {
    const frame = market({ volume5m: 1e6, depthDown: 1e6, depthUp: 1e6 })
    clock.at = second * 1_000
    return {
      ...frame,
      block: { ...frame.block, number: BigInt(second), timestamp: BigInt(second) },
      depth: frame.depth.map((reading) => ({ ...reading, ...change })),
    }
  }
  for (let minute = 0; minute < 10; minute++)
    await governor.grant({ action: deleverage(0.01), frame: frameAt(60 * minute) })
  lies = true
  const result = await governor.grant({ action: deleverage(1e6), frame: frameAt(660, p.reading) })
  if (result.type === 'denied' || result.type === 'deferred') return 0
  const swap = result.action.intents.find((intent) => intent.type === 'swap')
  return numberFromRaw(swap?.type === 'swap' ? swap.amountIn : 0n, 18) * 2_000
}

describe('a lying or failing source never raises a limit', async () => {
  const truth = await grantedWhen({})
  const dollars = (value: number) => usd(BigInt(value) * 10n ** 8n)

  test('what the truth gets', () => {
    // A fifth of five minutes' participation: 10 % of a million.
    expect(truth).toBeGreaterThan(19_000)
    expect(truth).toBeLessThanOrEqual(20_000)
  })

  const lies: readonly (readonly [string, Parameters<typeof grantedWhen>[0], closes: boolean])[] = [
    ['volume of zero', { reading: { volume5m: dollars(0) } }, true],
    ['negative volume', { reading: { volume5m: usd(-1n) } }, true],
    ['100 times the volume', { reading: { volume5m: dollars(100e6) } }, false],
    ['3 times the volume', { reading: { volume5m: dollars(3e6) } }, false],
    ['depth of zero', { reading: { depthDown: dollars(0) } }, true],
    ['100 times the depth', { reading: { depthDown: dollars(100e6) } }, false],
    ['100 times both', { reading: { depthDown: dollars(100e6), volume5m: dollars(100e6) } }, false],
    ['no conditions', { conditions: null }, true],
    ['stale conditions', { conditions: { at: -300n } }, true],
    ['daily volume of zero', { conditions: { dailyVolume: 0 } }, true],
    ['daily volume that is no number', { conditions: { dailyVolume: Number.NaN } }, true],
    ['endless daily volume', { conditions: { dailyVolume: Number.POSITIVE_INFINITY } }, true],
    ['100 times the daily volume', { conditions: { dailyVolume: 288e8 } }, false],
    ['no volatility', { conditions: { dailyVolatility: 0 } }, true],
    ['volatility that is no number', { conditions: { dailyVolatility: Number.NaN } }, true],
    ['a hundredth of the volatility', { conditions: { dailyVolatility: 0.0004 } }, false],
    ['100 times the volatility', { conditions: { dailyVolatility: 4 } }, false],
    ['no recent volatility', { conditions: { recentVolatility: 0 } }, false],
    ['a hundredth of the recent volatility', { conditions: { recentVolatility: 0.0004 } }, false],
    ['flow of others that is negative', { conditions: { othersFlow: -1e9 } }, false],
  ]
  for (const [name, p, closes] of lies)
    test(name, async () => {
      const granted = await grantedWhen(p)
      expect(granted).toBeLessThanOrEqual(truth * (1 + 1e-9))
      if (closes) expect(granted).toBe(0)
    })
})
