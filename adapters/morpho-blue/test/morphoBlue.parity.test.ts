import { known, openChain, type TestChain } from '@plimsoll/devnet'
import {
  type Address,
  type LendingPosition,
  MAX_HEALTH_FACTOR,
  numberFromWad,
  WAD,
} from '@plimsoll/domain'
import { createRandom } from '@plimsoll/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadMorphoBlue, type Market, marketId } from '../src/index.ts'
import { readMarket } from '../src/read.ts'
import {
  accrueInterest,
  liquidateByRepaying,
  liquidateBySeizing,
  ORACLE_PRICE_SCALE,
} from '../src/risk.ts'
import { createTruth } from './chainTruth.ts'
import { marketsOf } from './createHarness.ts'
import { createWalk, type Happened } from './createWalk.ts'
import { largestBorrow, largestWithdrawal } from './limits.ts'

const SEED = 20_260_131
const STATES = 240
const HEALTHY = { type: 'refused', reason: 'position is healthy' }
const UNSAFE = { type: 'refused', reason: 'insufficient collateral' }

let chain: TestChain
beforeAll(async () => {
  chain = await openChain()
})
afterAll(() => chain?.devnet.stop())

test(`parity: debt, health, limits and liquidations equal Morpho's in ${STATES} random states`, async () => {
  const { client, devnet } = chain
  const { morpho } = devnet.deployment.morpho
  const config = { client, chainId: devnet.chainId, morpho, markets: marketsOf(chain) }
  const venue = await loadMorphoBlue(config)
  const random = createRandom(SEED)
  const walk = await createWalk(chain, random)
  const truth = createTruth(chain)
  const seen = {
    fees: 0,
    owing: 0,
    loans: 0,
    withdrawals: 0,
    seizing: 0,
    repaying: 0,
    liquidated: 0,
  }

  const at = async (market: Market, account: Address) => {
    const block = await chain.latest()
    const reading = await readMarket({ client, venue: venue.id, morpho, account, block }, market)
    const books = accrueInterest(reading.market, reading.borrowRate, block.timestamp)
    const positions = await venue.read(account, block)
    const id = marketId(market.params)
    const position = known(
      positions.find(({ domain }) => domain.includes(id)),
      `a position in ${id}`,
    )
    return { block, reading, books, position, expected: await truth.read(market, account, block) }
  }
  type State = Awaited<ReturnType<typeof at>>

  const checkBooks = ({ block, reading, books, expected }: State): void => {
    expect(expected.timestamp).toBe(block.timestamp)
    expect(books).toEqual(expected.books)
    if (books.totalSupplyShares > reading.market.totalSupplyShares) seen.fees++
  }

  const checkPosition = (market: Market, { reading, position, expected }: State): void => {
    const { borrowed, borrowShares, collateral } = expected
    expect(position.collateral.map(({ raw }) => raw)).toEqual([collateral])
    expect(position.debt.map(({ raw, shares }) => [raw, shares])).toEqual([
      [borrowed, borrowShares],
    ])
    const worth = (collateral * reading.priceE36) / ORACLE_PRICE_SCALE
    const capacity = (worth * market.params.lltv) / WAD
    expect(position.healthFactor).toBe(
      borrowed === 0n ? MAX_HEALTH_FACTOR : (capacity * WAD) / borrowed,
    )
    if (borrowed < 1_000_000n || collateral === 0n) return // dust has no 1e-6
    const health = venue.liquidation(position).health(pricesOf(position))
    expect(health.type).toBe('solvent')
    if (health.type !== 'solvent') return
    expect(Math.exp(health.lnHealth) / numberFromWad(position.healthFactor)).toBeCloseTo(1, 6)
    seen.owing++
  }

  /** The largest loan and the largest withdrawal by our arithmetic are the chain's, to the unit. */
  const checkLimits = async (market: Market, account: Address, state: State): Promise<void> => {
    const { block, reading, books, expected } = state
    const { params } = market
    const most = largestBorrow(reading, books, market)
    const borrow = (raw: bigint) =>
      truth.attempt(block, account, 'borrow', [params, raw, 0n, account, account])
    if (0n < most && most < books.totalSupplyAssets - books.totalBorrowAssets) {
      expect((await borrow(most)).type).toBe('returned')
      expect(await borrow(most + 1n)).toEqual(UNSAFE)
      seen.loans++
    }
    if (expected.borrowed === 0n) return
    const free = largestWithdrawal(reading, expected.borrowed, market)
    const withdraw = (raw: bigint) =>
      truth.attempt(block, account, 'withdrawCollateral', [params, raw, account, account])
    expect(await withdraw(free + 1n)).toEqual(UNSAFE)
    if (free === 0n) return
    expect((await withdraw(free)).type).toBe('returned')
    seen.withdrawals++
  }

  /** What a liquidator could take at this very block, either way of asking. */
  const checkLiquidation = async (market: Market, account: Address, state: State) => {
    const { block, reading, books, expected } = state
    const { params } = market
    const terms = { market: books, priceE36: reading.priceE36, lltv: params.lltv }
    const attempt = (seized: bigint, shares: bigint) =>
      truth.attempt(block, walk.liquidator, 'liquidate', [params, account, seized, shares, '0x'])

    const seizedAssets = random.bigint(1n, expected.collateral / 2n + 1n)
    const seizing = liquidateBySeizing({ ...terms, seizedAssets })
    if (seizing.repaidShares <= expected.borrowShares) {
      expect(await attempt(seizedAssets, 0n)).toEqual({
        type: 'returned',
        value: [seizedAssets, seizing.repaidAssets],
      })
      seen.seizing++
    }

    const repaidShares = random.bigint(1n, expected.borrowShares)
    const repaying = liquidateByRepaying({ ...terms, repaidShares })
    if (repaying.seizedAssets <= expected.collateral) {
      expect(await attempt(0n, repaidShares)).toEqual({
        type: 'returned',
        value: [repaying.seizedAssets, repaying.repaidAssets],
      })
      seen.repaying++
    }
  }

  const checkLiquidated = (market: Market, happened: Happened): void => {
    const { before, after, seizedAssets, repaidShares } = happened
    const terms = {
      market: accrueInterest(before.market, before.borrowRate, happened.timestamp),
      priceE36: before.priceE36,
      lltv: market.params.lltv,
    }
    const moved =
      seizedAssets > 0n
        ? liquidateBySeizing({ ...terms, seizedAssets })
        : liquidateByRepaying({ ...terms, repaidShares })
    expect([happened.received, happened.paid]).toEqual([moved.seizedAssets, moved.repaidAssets])
    expect(after.borrower).toEqual({
      collateral: before.borrower.collateral - moved.seizedAssets,
      borrowShares: before.borrower.borrowShares - moved.repaidShares,
    })
    seen.liquidated++
  }

  for (let n = 0; n < STATES; n++) {
    const { market, account } = await walk.step()
    const state = await at(market, account)
    checkBooks(state)
    checkPosition(market, state)
    const { expected, position, block } = state
    if (position.healthFactor >= WAD) {
      const args = [market.params, account, 1n, 0n, '0x']
      expect(await truth.attempt(block, walk.liquidator, 'liquidate', args)).toEqual(HEALTHY)
      if (expected.collateral > 0n) await checkLimits(market, account, state)
    } else if (expected.collateral > 0n) {
      await checkLiquidation(market, account, state)
      if (random.next() < 0.5) checkLiquidated(market, await walk.liquidate(market, account))
    }
  }

  expect(seen.fees).toBeGreaterThan(STATES / 5)
  expect(seen.owing).toBeGreaterThan(STATES / 2)
  expect(seen.loans).toBeGreaterThan(STATES / 2)
  expect(seen.withdrawals).toBeGreaterThan(STATES / 2)
  expect(seen.seizing).toBeGreaterThan(STATES / 8)
  expect(seen.repaying).toBeGreaterThan(STATES / 8)
  expect(seen.liquidated).toBeGreaterThan(STATES / 12)
})

const pricesOf = ({ collateral, debt }: LendingPosition): ReadonlyMap<string, number> =>
  new Map(
    [...collateral, ...debt].map(({ token, oraclePrice }) => [
      token.asset,
      numberFromWad(oraclePrice),
    ]),
  )
