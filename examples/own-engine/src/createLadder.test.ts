import { InvalidInputError, type RebalanceEngine } from '@plimsoll/domain'
import { assembleFrame } from '@plimsoll/kernel'
import { type Assessment, assess, DEFAULT_ASSESS_CONFIG } from '@plimsoll/risk'
import { createSimulatedWorld, SIMULATED_USDC, type SimulatedWorld } from '@plimsoll/testkit'
import { expect, test } from 'vitest'
import { createLadder } from './createLadder.ts'

const budget = { token: SIMULATED_USDC, raw: 30_000_000000n }
const ladder = createLadder({ rungs: [1.4, 1.25, 1.1], budget })

/** A loan at health 1.65 and a reserve of the whole budget, in memory. */
const createWorld = () =>
  createSimulatedWorld({
    first: { weth: 100, debt: 100_000 },
    second: { weth: 0, debt: 0 },
    perp: { margin: 0, eth: 0 },
    reserve: 30_000,
  })

/** Lets an engine plan on the world as it is, and carries the plan out. Returns what was repaid, in whole tokens. */
async function turn(world: SimulatedWorld, engine: RebalanceEngine<Assessment>): Promise<number> {
  const frame = await assembleFrame({
    lending: [world.first],
    perps: [],
    swaps: [],
    prices: [],
    spot: world.spot,
    quoteAssets: ['USDC', 'ETH', 'BTC'],
    head: world.chain,
    owner: world.owner,
    block: await world.chain.latest(),
  })
  const assessment = assess({ frame, forecasts: [], config: DEFAULT_ASSESS_CONFIG })
  const { actions } = engine.plan(frame, assessment)
  let repaid = 0
  for (const intent of actions.flatMap(({ intents }) => intents)) {
    expect(intent.type).toBe('repay')
    await world.act(intent)
    if (intent.type === 'repay') repaid += Number(intent.raw) / 1e6
  }
  return repaid
}

test('default: a third at each rung, and none twice', async () => {
  const world = await createWorld()
  expect(await turn(world, ladder)).toBe(0)
  await world.movePrice('ETH', 0.8) // health 1.32
  expect(await turn(world, ladder)).toBe(10_000)
  expect(await turn(world, ladder)).toBe(0)
  await world.movePrice('ETH', 0.84) // 1.47 → 1.23
  expect(await turn(world, ladder)).toBe(10_000)
  await world.movePrice('ETH', 0.78) // 1.39 → 1.08
  expect(await turn(world, ladder)).toBe(10_000)
  await world.movePrice('ETH', 0.8)
  expect(await turn(world, ladder)).toBe(0)
})

test('behavior: a fall through every rung at once frees the whole budget at once', async () => {
  const world = await createWorld()
  await world.movePrice('ETH', 0.65)
  expect(await turn(world, ladder)).toBe(30_000)
})

test('behavior: a fresh ladder goes on where another stopped', async () => {
  const world = await createWorld()
  await world.movePrice('ETH', 0.8)
  await turn(world, ladder)
  const restarted = createLadder({ rungs: [1.4, 1.25, 1.1], budget })
  expect(await turn(world, restarted)).toBe(0)
})

test('error: InvalidInputError', () => {
  for (const rungs of [[], [1.2, 1.3], [1.2, 1.2], [1.2, 1], [Number.NaN]])
    expect(() => createLadder({ rungs, budget })).toThrow(InvalidInputError)
})
