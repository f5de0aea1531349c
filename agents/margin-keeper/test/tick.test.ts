import { healthFactorOf, type Order } from '@plimsoll/domain'
import type { TickReport } from '@plimsoll/kernel'
import {
  createSimulatedWorld,
  SIMULATED_PORTFOLIO,
  type SimulatedPortfolio,
  type SimulatedWorld,
} from '@plimsoll/testkit'
import { describe, expect, test } from 'vitest'
import { createTestKeeper, type KeeperParts, type TestKeeper } from './createTestKeeper.ts'

const QUIET: SimulatedPortfolio = {
  first: { weth: 0, debt: 0 },
  second: { weth: 0, debt: 0 },
  perp: { margin: 0, eth: 0 },
  reserve: 0,
}

/** A world with a portfolio, a keeper that has recovered, and one tick after the price moved. */
async function play(
  portfolio: Partial<SimulatedPortfolio>,
  factor: number,
  parts: KeeperParts = {},
): Promise<{
  readonly world: SimulatedWorld
  readonly keeper: TestKeeper
  readonly report: TickReport
}> {
  const world = await createSimulatedWorld({ ...QUIET, ...portfolio })
  const keeper = createTestKeeper(world, parts)
  expect(await keeper.start()).toBe('watching')
  await world.movePrice('ETH', factor)
  return { world, keeper, report: await keeper.tick() }
}

/** Health factor of a domain now, by the venue's own figures. */
async function healthOf(world: SimulatedWorld, name: 'first' | 'second' | 'perp'): Promise<number> {
  const block = await world.chain.latest()
  if (name === 'perp') {
    const [position] = await world.perp.read(world.owner, block)
    return Number(position!.equity) / Number(position!.maintenanceMargin)
  }
  const [position] = await world[name].read(world.owner, block)
  return Number(position!.healthFactor) / 1e18
}

const typesOf = (orders: readonly Order[]): readonly string[] =>
  orders.map(({ action }) => action.type)

const expectAllReconciled = ({ orders, failures, state }: TickReport): void => {
  expect(failures).toEqual([])
  expect(state).toBe('watching')
  expect(orders.map(({ state: each, reason }) => [each, reason])).toEqual(
    orders.map(() => ['reconciled', null]),
  )
}

test('default: a healthy book is held, and the chain is left alone', async () => {
  const { world, report } = await play(SIMULATED_PORTFOLIO, 1)
  expect(report).toMatchObject({ state: 'watching', mode: 'normal', orders: [], failures: [] })
  expect(report.plan?.why).toMatch(/^Hold/)
  expect(report.assessment?.weakest).toBe(world.first.domainOf(world.owner))
  expect(world.chain.mined(world.owner)).toEqual([])
})

describe('one tick', () => {
  test('behavior: repays from the reserve', async () => {
    const { world, report } = await play(
      { first: { weth: 100, debt: 120_000 }, reserve: 17_500 },
      0.92,
      { engine: { restoreTo: 1.4, donorFloor: 1.5 } },
    )
    expectAllReconciled(report)
    expect(typesOf(report.orders)).toEqual(['repay'])
    expect(await healthOf(world, 'first')).toBeCloseTo(1.4, 4)
  })

  test('behavior: deleverages through the executor with a flash loan', async () => {
    const { world, report } = await play({ first: { weth: 100, debt: 120_000 } }, 0.92, {
      engine: { restoreTo: 1.4, donorFloor: 1.5 },
    })
    expectAllReconciled(report)
    expect(typesOf(report.orders)).toEqual(['deleverage'])
    const [order] = report.orders
    expect(order?.transactions).toHaveLength(1)
    expect(order?.transactions[0]?.call.to).toBe(world.executor.address)
    const health = await healthOf(world, 'first')
    expect(health).toBeGreaterThan(1.395)
    expect(health).toBeLessThan(1.42)
  })

  test('behavior: sells step by step where no flash loan is to be had', async () => {
    const { world, report } = await play({ first: { weth: 100, debt: 120_000 } }, 0.92, {
      engine: { restoreTo: 1.35, donorFloor: 1.5 },
      routes: { flashLoan: null },
    })
    expectAllReconciled(report)
    expect(new Set(typesOf(report.orders))).toEqual(new Set(['deleverage']))
    expect(report.orders[0]?.transactions.map(({ call }) => call.label.split(' ')[0])).toEqual([
      'withdraw',
      'approve',
      'swap',
      'repay',
    ])
    expect(await healthOf(world, 'first')).toBeGreaterThan(1.345)
  })

  test('behavior: moves margin from one protocol to another', async () => {
    const { world, report } = await play(
      { first: { weth: 100, debt: 120_000 }, perp: { margin: 40_000, eth: 5 } },
      0.92,
      { engine: { restoreTo: 1.4, donorFloor: 1.5 } },
    )
    expectAllReconciled(report)
    expect(typesOf(report.orders)).toEqual(['transfer'])
    expect(report.orders[0]?.action.domain).toBe(world.first.domainOf(world.owner))
    expect(await healthOf(world, 'first')).toBeCloseTo(1.4, 4)
    expect(await healthOf(world, 'perp')).toBeGreaterThan(3)
  })

  test('behavior: reduces a perp', async () => {
    const { world, report } = await play({ perp: { margin: 6_000, eth: 25 } }, 0.95)
    expectAllReconciled(report)
    expect(typesOf(report.orders)).toEqual(['reduce'])
    expect(await healthOf(world, 'perp')).toBeGreaterThan(2.4)
    const [position] = await world.perp.read(world.owner, await world.chain.latest())
    expect(position!.legs[0]!.size).toBeLessThan(25n * 10n ** 18n)
  })

  test('behavior: adds margin from the reserve where that is preferred', async () => {
    const { world, report } = await play(
      { perp: { margin: 6_000, eth: 25 }, reserve: 20_000 },
      0.95,
      {
        engine: {
          perp: { restoreBelow: 1.5, restoreTo: 2, donorFloor: 3, prefer: 'margin' },
        },
      },
    )
    expectAllReconciled(report)
    expect(typesOf(report.orders)).toEqual(['add-collateral'])
    expect(await healthOf(world, 'perp')).toBeCloseTo(2, 2)
  })

  test('behavior: hedges net exposure with a perp', async () => {
    const { world, report } = await play(
      { first: { weth: 50, debt: 30_000 }, perp: { margin: 60_000, eth: 0 } },
      1,
      {
        engine: {
          hedge: { asset: 'ETH', maxDeltaShare: 0.5, targetDeltaShare: 0.4, minPerpHealth: 3 },
        },
      },
    )
    expectAllReconciled(report)
    expect(typesOf(report.orders)).toEqual(['hedge'])
    const [position] = await world.perp.read(world.owner, await world.chain.latest())
    expect(position!.legs[0]!.size).toBeLessThan(0n)
    expect(await healthOf(world, 'perp')).toBeGreaterThan(3)
  })

  test('behavior: saves several domains at once, the weakest first', async () => {
    const { world, keeper, report } = await play(SIMULATED_PORTFOLIO, 0.94)
    expectAllReconciled(report)
    const [reduced] = report.orders
    expect(reduced?.action).toMatchObject({
      type: 'reduce',
      domain: world.perp.domainOf(world.owner),
    })
    expect(new Set(report.orders.map(({ action }) => action.domain)).size).toBe(2)
    await world.movePrice('ETH', 1)
    const { plan } = await keeper.tick()
    expect(plan?.actions).toEqual([])
    for (const name of ['first', 'second', 'perp'] as const)
      expect(await healthOf(world, name)).toBeGreaterThan(1.3)
  })
})

test('behavior: a crash in steps leaves the keeper afloat where a passive twin goes under', async () => {
  const guarded = await createSimulatedWorld()
  const twin = await createSimulatedWorld()
  const keeper = createTestKeeper(guarded)
  await keeper.start()
  const states: string[] = []
  for (let step = 0; step < 20; step++) {
    for (const world of [guarded, twin]) await world.movePrice('ETH', 0.98)
    const { state, frame, assessment } = await keeper.tick()
    states.push(state)
    for (const { healthFactor } of assessment?.domains ?? [])
      expect(healthFactor).toBeGreaterThan(1)
    for (const domain of frame?.portfolio.domains ?? [])
      expect(healthFactorOf(domain.health(frame!.oraclePrices))).toBeGreaterThan(1)
  }
  expect(new Set(states)).toEqual(new Set(['watching']))
  const under = await Promise.all((['first', 'perp'] as const).map((name) => healthOf(twin, name)))
  for (const health of under) expect(health).toBeLessThan(1)
})

test('behavior: a denial is kept and nothing is sent', async () => {
  const { world, keeper, report } = await play({ first: { weth: 100, debt: 120_000 } }, 0.92, {
    governor: {
      name: 'closed',
      grant: ({ action }) => ({ type: 'denied', action, rule: 'market closed', checks: [] }),
    },
  })
  expect(report.orders.map(({ state, reason }) => [state, reason])).toEqual([
    ['denied', 'market closed'],
  ])
  expect(report.state).toBe('watching')
  expect(world.chain.mined(world.owner)).toEqual([])
  expect(keeper.events().some(({ type }) => type === 'order.governed')).toBe(true)
})

test('behavior: preserving is entered in a deep fall, logged, and kept over a restart', async () => {
  const { world, keeper, report } = await play({ first: { weth: 100, debt: 120_000 } }, 0.75)
  expect(report.mode).toBe('preserving')
  expect(
    keeper.events().flatMap((event) => (event.type === 'agent.moved' ? [event.state] : [])),
  ).toContain('planning (preserving)')
  const restarted = createTestKeeper(world, { store: keeper.store })
  await restarted.start()
  expect((await restarted.tick()).mode).toBe('preserving')
})
