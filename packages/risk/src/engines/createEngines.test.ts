import { InvalidInputError, type RebalanceEngine } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { ONE_SOURCE } from '../../test/plan.ts'
import { domainId, routes, USDC, WBTC, WETH, world } from '../../test/world.ts'
import type { Assessment } from '../Assessment.ts'
import { assess } from '../assess.ts'
import { classOf, createEngines } from './createEngines.ts'
import { DEFAULT_ENGINES, type EnginesConfig } from './EnginesConfig.ts'

const loan = (venue: string, token: typeof WETH, amount: number, debt: number) => ({
  venue,
  collateral: [{ token, amount }],
  debt: [{ token: USDC, amount: debt }],
})
/** ETH on Aave at health 1.14, BTC on Morpho at 1.14; a reserve that is enough for one of them. */
const frame = world({
  loans: [loan('aave', WETH, 100, 140_000), loan('morpho', WBTC, 5, 140_000)],
  reserve: [{ token: USDC, amount: 40_000 }],
})
const assessment = assess({ frame, forecasts: [], config: ONE_SOURCE })
const choice = { engine: 'static-threshold', tolerance: 'balanced' } as const
const config = (
  change: Partial<EnginesConfig['engines']> = {},
  classes = DEFAULT_ENGINES.classes,
) => ({
  ...DEFAULT_ENGINES,
  classes,
  engines: { stable: choice, staked: choice, major: choice, alt: choice, ...change },
})
const byAsset = { ...DEFAULT_ENGINES.classes, BTC: 'alt' } as const

/** An engine that notes what it was shown. */
function recorder() {
  const seen: { readonly domains: readonly string[]; readonly reserve: bigint }[] = []
  const engine: RebalanceEngine<Assessment> = {
    name: 'mine',
    plan(at, { domains }) {
      seen.push({
        domains: domains.map(({ domain }) => domain),
        reserve: at.portfolio.spot[0]?.raw ?? 0n,
      })
      return { engine: 'mine', actions: [], why: 'Mine holds.' }
    },
  }
  return { engine, seen }
}

describe('plan', () => {
  test('default: one engine for all sees everything', () => {
    const engines = createEngines({ config: config(), routes: routes() })
    expect(engines.name).toBe('static-threshold')
    const plan = engines.plan(frame, assessment)
    expect(new Set(plan.actions.map(({ domain }) => domain))).toEqual(
      new Set([domainId('aave'), domainId('morpho')]),
    )
  })

  test('behavior: each class has its engine, and the second sees what the first has left', () => {
    const { engine, seen } = recorder()
    const mine = { engine: 'mine', tolerance: 'aggressive' } as const
    const engines = createEngines({
      config: config({ alt: mine }, byAsset),
      routes: routes(),
      own: { mine: () => engine },
    })
    const plan = engines.plan(frame, assessment)
    expect(engines.name).toBe('static-threshold+mine')
    expect(new Set(plan.actions.map(({ domain }) => domain))).toEqual(new Set([domainId('aave')]))
    expect(plan.why).toContain('Mine holds.')
    expect(seen).toEqual([{ domains: [domainId('morpho')], reserve: 0n }])
  })

  test('behavior: tolerance is in the numbers', () => {
    const at = (tolerance: 'conservative' | 'balanced' | 'aggressive') =>
      createEngines({ config: config({ major: { ...choice, tolerance } }), routes: routes() })
        .plan(frame, assessment)
        .actions.filter(({ domain }) => domain === domainId('aave'))
        .reduce((health, { healthAfter }) => Math.max(health, healthAfter), 0)
    expect(at('conservative')).toBeGreaterThan(at('balanced'))
    expect(at('balanced')).toBeGreaterThan(at('aggressive'))
  })

  test('behavior: single numbers can be replaced', () => {
    const numbers = { restoreBelow: 1.01, restoreTo: 1.5 }
    const engines = createEngines({
      config: config({ major: { ...choice, numbers } }),
      routes: routes(),
    })
    expect(engines.plan(frame, assessment).actions).toEqual([])
  })

  test('behavior: dynamic programming by class, with the table of its tolerance', () => {
    const engines = createEngines({ config: DEFAULT_ENGINES, routes: routes() })
    const plan = engines.plan(frame, assessment)
    expect(plan.engine).toBe('dynamic-programming')
    expect(plan.why).toContain('band')
  })
})

test('default: a domain has the class of the wildest asset its health depends on', () => {
  const [aave, morpho] = frame.portfolio.domains
  expect(classOf(aave!, DEFAULT_ENGINES)).toBe('major')
  expect(classOf(morpho!, { ...DEFAULT_ENGINES, classes: byAsset })).toBe('alt')
  expect(classOf(morpho!, { classes: {}, otherwise: 'alt' })).toBe('alt')
})

test('error: InvalidInputError', () => {
  for (const wrong of [
    { ...config(), engine: {} },
    config({ major: { engine: 'nobody', tolerance: 'balanced' } }),
    config({ major: { ...choice, tolerance: 'bold' as 'balanced' } }),
    config({ major: { ...choice, numbers: { restoreBelo: 1 } } }),
    { ...config(), classes: { ETH: 'huge' } },
    { ...config(), otherwise: 'any' },
  ])
    expect(() => createEngines({ config: wrong as EnginesConfig, routes: routes() })).toThrow(
      InvalidInputError,
    )
})
