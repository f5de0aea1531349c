import { expect, test } from 'vitest'
import { USDC, WETH, world } from '../../test/world.ts'
import { DEFAULT_STRESS_CONFIG } from './StressConfig.ts'
import { stress } from './stress.ts'

const frame = world({
  loans: [
    {
      venue: 'aave',
      collateral: [{ token: WETH, amount: 10 }],
      debt: [{ token: USDC, amount: 12_000 }],
    },
  ],
  perps: [{ venue: 'perp', equity: 3_000, legs: [{ asset: 'ETH', size: -2 }] }],
})
const sigma24h = new Map([['ETH', 0.04]])

test('default: the whole grid over all venues, the worst of it named', () => {
  const report = stress({ frame, sigma24h, config: DEFAULT_STRESS_CONFIG })
  expect(report.outcomes.length).toBeGreaterThanOrEqual(30)
  expect(report.domains).toHaveLength(2)
  expect(report.worst?.scenario).toBe('all −50 %')
  expect(report.worst?.loss).toBe(Math.max(...report.outcomes.map(({ loss }) => loss)))
})

test('behavior: scenarios of the caller come after those of the grid', () => {
  const own = { name: 'gone', kind: 'tail', prices: { ETH: 0.01 }, marks: {}, depth: 1 } as const
  const report = stress({ frame, sigma24h, config: DEFAULT_STRESS_CONFIG, also: [own] })
  expect(report.outcomes.at(-1)?.scenario).toBe('gone')
  expect(report.worst?.scenario).toBe('gone')
})
