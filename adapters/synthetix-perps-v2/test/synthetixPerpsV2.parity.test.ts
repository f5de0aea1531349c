import {
  type Address,
  type PerpIntent,
  type PerpPosition,
  RevertedError,
  type TradeIntent,
} from '@plimsoll/domain'
import { createRandom } from '@plimsoll/testkit'
import { encodeFunctionData, parseAbi, parseEventLogs } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { domainId } from '../src/domainId.ts'
import type { SynthetixMarket } from '../src/index.ts'
import { readMarket } from '../src/readMarket.ts'
import { fillPrice, orderFee } from '../src/risk.ts'
import { createSynthetixMarket, type Sent, type SynthetixBench } from './createSynthetixMarket.ts'
import { expectParity } from './expectParity.ts'

const SEED = 20_260_101
const STEPS = 150
const TRADERS = 3
const ONE = 10n ** 18n
/** Everything that can happen between two states; what is listed twice is twice as likely. */
const MOVES = [
  'deposit',
  'withdraw',
  'open',
  'open',
  'open',
  'huge',
  'reduce',
  'close',
  'reverse',
] as const
const EVENTS = [
  'feed',
  'feed',
  'jump',
  'time',
  'time',
  'liquidate',
  'liquidate',
  'volatile',
  'none',
] as const
/** What becomes of an order. */
const FATES = ['as quoted', 'as quoted', 'other price', 'by its owner', 'expired'] as const

const abi = parseAbi([
  'event PositionModified(uint256 indexed id, address indexed account, uint256 margin, int256 size, int256 tradeSize, uint256 lastPrice, uint256 fundingIndex, uint256 fee, int256 skew)',
  'function flagPosition(address account)',
  'function liquidatePosition(address account)',
  'function forceLiquidatePosition(address account)',
  'function addEndorsedAddresses(address[] addresses)',
  'function cancelOffchainDelayedOrder(address account)',
  'function setDynamicFee(uint256 rate, bool tooVolatile)',
])

/** What the walk must have come by, so that it cannot pass by standing still. */
const LEAST = {
  state: STEPS * TRADERS * 2,
  long: 100,
  short: 100,
  'owes funding': 100,
  'is owed funding': 100,
  liquidatable: 20,
  insolvent: 10,
  liquidated: 3,
  'withdraw settled': 5,
  'trade as quoted': 20,
  'trade at another price': 5,
  'trade by its owner': 5,
  'order expired': 5,
  'skew is short': 20,
  'skew is long': 20,
  'volatile fee': 100,
}

describe('synthetix-perps-v2 against the contracts', () => {
  const random = createRandom(SEED)
  const seen = new Map<string, number>()
  const count = (what: string) => void seen.set(what, (seen.get(what) ?? 0) + 1)
  const traders: Address[] = []
  let on: SynthetixBench

  beforeAll(async () => {
    on = await createSynthetixMarket()
    while (traders.length < TRADERS) traders.push(await on.account())
    const { accounts, deployment } = on.devnet
    const data = encodeFunctionData({
      abi,
      functionName: 'addEndorsedAddresses',
      args: [[on.keeper]],
    })
    const to = deployment.synthetix.futuresMarketManager
    expect(await on.send({ to, data }, accounts.deployer.address)).toMatchObject({
      type: 'settled',
    })
  })
  afterAll(() => on?.devnet.stop())

  const named = (account: Address, of: SynthetixMarket) => ({
    venue: on.venue.id,
    domain: domainId(on.venue.id, of.name, account),
  })
  const act = (what: PerpIntent, owner: Address): Promise<Sent> =>
    on.sendAll(on.venue.encode(what, { owner, sender: owner, deadline: 2n ** 40n }), owner)
  const tell = (
    of: SynthetixMarket,
    functionName:
      | 'flagPosition'
      | 'liquidatePosition'
      | 'forceLiquidatePosition'
      | 'cancelOffchainDelayedOrder',
    account: Address,
    by = on.keeper,
  ): Promise<Sent> =>
    on.send(
      { to: of.address, data: encodeFunctionData({ abi, functionName, args: [account] }) },
      by,
    )

  const moveMargin = async (
    type: 'supply' | 'withdraw',
    account: Address,
    of: SynthetixMarket,
    raw: bigint,
  ) => {
    const token = on.config.marginToken
    const sent = await act({ type, ...named(account, of), token, raw }, account)
    count(`${type} ${sent.type}`)
  }

  /** The event of a fill says what the adapter's arithmetic says of the market a block before it. */
  const expectFilled = async (account: Address, sent: Sent, size: bigint) => {
    if (sent.type === 'reverted')
      throw new Unfilled(on.venue.decodeRevert(sent.data)?.message ?? '')
    const { logs } = await on.client.getTransactionReceipt({ hash: sent.hash })
    const own = parseEventLogs({ abi, logs, eventName: 'PositionModified' }).find(
      ({ args }) => args.account === account && args.tradeSize !== 0n,
    )?.args
    expect(own?.tradeSize).toBe(size)
    const [settlement, ...others] = await on.venue.settlements({
      account,
      from: sent.block,
      to: sent.block,
    })
    expect(others).toEqual([])
    return { fillPrice: own?.lastPrice, fee: own?.fee, settlement }
  }

  /** Quotes, commits whatever the quote says, and lets the order meet its fate. */
  const trade = async (account: Address, of: SynthetixMarket, size: bigint): Promise<void> => {
    const base = { type: 'trade', ...named(account, of), market: of.name, asset: of.asset } as const
    const wish: Omit<TradeIntent, 'limit'> = { ...base, size, reduceOnly: false }
    const ask = async () => on.venue.quote(wish, await on.latest(), account)
    const quoted = await ask().catch((error: unknown) => error)
    const sent = await act({ ...wish, limit: size > 0n ? 2n ** 180n : 1n }, account)
    if (sent.type === 'reverted') {
      const error = on.venue.decodeRevert(sent.data)
      expect(error).toBeInstanceOf(RevertedError)
      // Margin is the account's affair: no quote asks for it, and the chain asks for it before the market's own limits.
      if (!/MARGIN|FLAGGED/.test(error?.code ?? '')) {
        expect(quoted).toBeInstanceOf(RevertedError)
        expect(quoted).toMatchObject({ reason: error?.reason })
      }
      return count(`order refused: ${error?.reason}`)
    }
    expect(quoted).toMatchObject({ type: 'trade', keeperFee: 4n * ONE })
    const start = { account, from: sent.block }
    const fate = random.pick(FATES)
    switch (fate) {
      case 'as quoted': {
        const filled = await on.fill(account, of)
        if (filled.type === 'reverted') return clear(account, of)
        const { fillPrice, fee, settlement } = await expectFilled(account, filled, size)
        expect(quoted).toMatchObject({ averagePrice: fillPrice, fee })
        expect(settlement).toMatchObject({ outcome: 'executed', size, fillPrice })
        expect(settlement?.fee).toBe((fee ?? 0n) + 4n * ONE)
        return count('trade as quoted')
      }
      case 'other price':
      case 'by its owner': {
        const market = await readMarket(
          { client: on.client, config: on.config, venue: on.venue.id, block: await on.latest() },
          of,
        )
        const price = ((await on.feed(of.asset as 'ETH')) * BigInt(random.int(970, 1_030))) / 1_000n
        const by = fate === 'by its owner' ? account : on.keeper
        const filled = await on.fill(account, of, { price, by })
        if (filled.type === 'reverted') return clear(account, of)
        const told = await expectFilled(account, filled, size)
        const moved = { ...market, price: price * 10n ** 10n }
        const filledAt = fillPrice(size, moved, market.parameters)
        expect(told.fillPrice).toBe(filledAt)
        const fee = orderFee({ size, fillPrice: filledAt }, moved, market.parameters)
        expect(told.fee).toBe(fee)
        const keeperFee = by === account ? 0n : market.parameters.minKeeperFee
        expect(told.settlement?.fee).toBe(fee + keeperFee)
        return count(fate === 'by its owner' ? 'trade by its owner' : 'trade at another price')
      }
      case 'expired': {
        const by = random.next() < 0.5 ? account : on.keeper
        await on.pass(125)
        const before = await on.balance(by)
        const cancelled = await tell(of, 'cancelOffchainDelayedOrder', account, by)
        if (cancelled.type === 'reverted') return clear(account, of)
        const [settlement] = await on.venue.settlements({ ...start, to: cancelled.block })
        expect(settlement).toMatchObject({ outcome: 'expired', size: 0n, fillPrice: null })
        expect(settlement?.fee).toBe((await on.balance(by)) - before)
        return count('order expired')
      }
      default:
        return fate satisfies never
    }
  }

  /** Lets an order go that nobody may fill: its owner's position is beyond saving, or they cannot pay for it. */
  const clear = async (account: Address, of: SynthetixMarket): Promise<void> => {
    await on.pass(125)
    const sent = await tell(of, 'cancelOffchainDelayedOrder', account)
    count(`order cleared: ${sent.type}`)
  }

  const move = async (
    account: Address,
    of: SynthetixMarket,
    { equity, freeCollateral, legs }: PerpPosition,
  ): Promise<void> => {
    const price = await on.feed(of.asset as 'ETH')
    const held = legs[0]?.size ?? 0n
    const either = (size: bigint): bigint => (random.next() < 0.5 ? size : -size)
    const isBroke = held === 0n && equity < 1_000n * ONE
    const what = isBroke ? 'deposit' : random.pick(MOVES)
    switch (what) {
      case 'deposit': {
        const raw = random.bigint(1n, 20_000n * ONE) + (equity < 0n ? -equity : 0n)
        await on.devnet.mintSusd(account, raw)
        return moveMargin('supply', account, of, raw)
      }
      case 'withdraw': {
        const raw = random.bigint(0n, (freeCollateral * 6n) / 5n)
        return raw === 0n ? undefined : moveMargin('withdraw', account, of, raw)
      }
      case 'open': {
        const size = (((equity * BigInt(random.int(20, 300))) / 10n) * 10n ** 8n) / price
        return size > 0n ? trade(account, of, either(size)) : undefined
      }
      case 'huge': {
        const value = random.bigint(2n, 60n) * 10n ** 5n
        const raw = (value * ONE) / 5n
        await on.devnet.mintSusd(account, raw)
        await moveMargin('supply', account, of, raw)
        return trade(account, of, either((value * ONE * 10n ** 8n) / price))
      }
      case 'reduce':
        return held === 0n
          ? undefined
          : trade(account, of, -(held * random.bigint(1n, 999n)) / 1_000n)
      case 'close':
        return held === 0n ? undefined : trade(account, of, -held)
      case 'reverse':
        return held === 0n
          ? undefined
          : trade(account, of, (-held * random.bigint(101n, 200n)) / 100n)
      default:
        return what satisfies never
    }
  }

  const happen = async (): Promise<void> => {
    const of = random.pick(on.config.markets)
    const asset = of.asset as 'ETH' | 'BTC'
    const what = random.pick(EVENTS)
    const feed = Number(await on.feed(asset))
    switch (what) {
      case 'feed':
        return on.devnet.setFeed(asset, BigInt(Math.round(feed * (0.97 + 0.06 * random.next()))))
      case 'jump':
        return on.devnet.setFeed(
          asset,
          BigInt(Math.round(feed * random.pick([0.8, 0.9, 1.1, 1.25]))),
        )
      case 'time':
        return on.pass(random.pick([1, 14, 300, 899, 3_600, 7_200, 43_200, 200_000]))
      case 'liquidate': {
        for (const trader of traders) {
          await tell(of, 'flagPosition', trader)
          // What is too large to go at once goes by someone endorsed.
          for (const verb of ['liquidatePosition', 'forceLiquidatePosition'] as const)
            if ((await tell(of, verb, trader)).type === 'settled') count('liquidated')
        }
        return
      }
      case 'volatile': {
        const args = [random.bigint(0n, ONE / 1_000n), false] as const
        const data = encodeFunctionData({ abi, functionName: 'setDynamicFee', args })
        const { deployer } = on.devnet.accounts
        const to = on.devnet.deployment.synthetix.standIn
        expect((await on.send({ to, data }, deployer.address)).type).toBe('settled')
        return
      }
      case 'none':
        return
      default:
        return what satisfies never
    }
  }

  test(`${STEPS} random states of ${TRADERS} accounts in two markets, seed ${SEED}`, async () => {
    for (const account of traders)
      for (const of of on.config.markets) {
        await on.devnet.mintSusd(account, 20_000n * ONE)
        await moveMargin('supply', account, of, 20_000n * ONE)
      }
    for (let step = 0; step < STEPS; step++) {
      const account = random.pick(traders)
      const of = random.pick(on.config.markets)
      const positions = await on.venue.read(account, await on.latest())
      const position = positions.find(({ domain }) => domain.includes(`/${of.name}/`))
      if (position !== undefined) await move(account, of, position)
      await happen()
      for (const each of traders)
        for (const market of on.config.markets) {
          const skew = (await readSkew(market)) || 1n
          const sizes = [ONE, -ONE, -2n * skew, random.bigint(-100n * ONE, 100n * ONE) || 1n]
          const { position: now, chain } = await expectParity(on, each, market, sizes)
          count('state')
          count(chain.skew < 0n ? 'skew is short' : 'skew is long')
          for (const leg of now.legs) {
            count(leg.size > 0n ? 'long' : 'short')
            if (leg.fundingOwed > 0n) count('owes funding')
            if (leg.fundingOwed < 0n) count('is owed funding')
          }
          if (chain.canLiquidate) count('liquidatable')
          if (chain.isFlagged) count('flagged')
          if (now.equity < 0n) count('insolvent')
          if ((await readDynamicFee(market)) > 0n) count('volatile fee')
        }
    }
    for (const [what, least] of Object.entries(LEAST))
      expect(seen.get(what) ?? 0, what).toBeGreaterThanOrEqual(least)
  })

  const readNow = async (of: SynthetixMarket) =>
    readMarket(
      { client: on.client, config: on.config, venue: on.venue.id, block: await on.latest() },
      of,
    )
  const readSkew = async (of: SynthetixMarket): Promise<bigint> => (await readNow(of)).skew
  const readDynamicFee = async (of: SynthetixMarket): Promise<bigint> =>
    (await readNow(of)).dynamicFeeRate
})

class Unfilled extends Error {}
