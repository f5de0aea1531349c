import type { PerpAsset } from '@plimsoll/devnet'
import {
  type Address,
  type CallContext,
  type PerpPosition,
  RevertedError,
  type SupplyIntent,
  type TradeIntent,
  type WithdrawIntent,
} from '@plimsoll/domain'
import { decodeRevertData } from '@plimsoll/evm'
import { createRandom } from '@plimsoll/testkit'
import { encodeFunctionData, parseAbi, parseEventLogs } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { domainId } from '../src/domainId.ts'
import { createPerpMarket, type PerpMarket, type Sent } from './createPerpMarket.ts'
import { expectParity } from './expectParity.ts'
import { readOrderBookSlot } from './readChainFigures.ts'

const SEED = 20_260_101
const STEPS = 240
const TRADERS = 3
const ONE = 10n ** 18n
const ASSETS = ['ETH', 'BTC'] as const
/** Everything that can happen between two states; what is listed twice is twice as likely. */
const MOVES = ['deposit', 'withdraw', 'open', 'open', 'huge', 'reduce', 'close', 'reverse'] as const
const EVENTS = [
  'pool',
  'feed',
  'feed',
  'jump',
  'jump',
  'time',
  'time',
  'liquidate',
  'none',
] as const

const abi = parseAbi([
  'event PositionChanged(address indexed trader, address indexed baseToken, int256 exchangedPositionSize, int256 exchangedPositionNotional, uint256 fee, int256 openNotional, int256 realizedPnl, uint256 sqrtPriceAfterX96)',
  'function liquidate(address trader, address baseToken)',
  'function pause()',
  'function close(uint256 price)',
])

/** What the walk must have come by, so that it cannot pass by standing still. */
const LEAST = {
  state: STEPS * TRADERS,
  long: 100,
  short: 100,
  'two markets': 50,
  'owes funding': 100,
  'is owed funding': 100,
  liquidatable: 30,
  'liquidatable whole': 10,
  insolvent: 5,
  'liquidate settled': 3,
  'withdraw settled': 10,
  'trade as quoted': 60,
  'trade refused by quote and chain: EX_OPB': 10,
  'trade refused for margin: CH_NEFCI': 10,
  'trade refused for margin: CH_NEFCM': 1,
}

/** What brings an account that is under water back to the surface. */
const rescue = ({ equity }: PerpPosition): bigint => (equity < 0n ? -equity / 10n ** 12n : 0n)

describe('perp-v2 against the contracts', () => {
  const random = createRandom(SEED)
  const seen = new Map<string, number>()
  const count = (what: string) => void seen.set(what, (seen.get(what) ?? 0) + 1)
  const traders: Address[] = []
  let on: PerpMarket

  beforeAll(async () => {
    on = await createPerpMarket()
    while (traders.length < TRADERS) traders.push(await on.account())
  })
  afterAll(() => on?.devnet.stop())

  const named = (account: Address) => ({
    venue: on.venue.id,
    domain: domainId(on.venue.id, account),
  })

  const act = async (
    what: SupplyIntent | WithdrawIntent | TradeIntent,
    owner: Address,
  ): Promise<Sent> => {
    const context: CallContext = { owner, sender: owner, deadline: 2n ** 40n }
    let sent: Sent = { type: 'reverted', data: '0x' }
    for (const call of on.venue.encode(what, context)) sent = await on.send(call, owner)
    return sent
  }

  const moveMargin = async (type: 'supply' | 'withdraw', account: Address, raw: bigint) => {
    const token = on.config.marginToken
    const sent = await act({ type, ...named(account), token, raw }, account)
    count(`${type} ${sent.type}`)
  }

  /** Quotes, sends the trade whatever the quote says, and compares the two to the last unit. */
  const trade = async (account: Address, asset: PerpAsset, size: bigint): Promise<void> => {
    const wish: Omit<TradeIntent, 'limit'> = {
      type: 'trade',
      ...named(account),
      market: asset,
      asset,
      size,
      reduceOnly: false,
    }
    const quoted = await on.venue
      .quote(wish, await on.latest(), account)
      .catch((error: unknown) => error)
    const sent = await act({ ...wish, limit: size > 0n ? 2n ** 128n : 1n }, account)
    if (sent.type === 'settled') {
      const { logs } = await on.client.getTransactionReceipt({ hash: sent.hash })
      const events = parseEventLogs({ abi, logs, eventName: 'PositionChanged' })
      const own = events.find(({ args }) => args.trader === account)?.args
      const paid = own?.exchangedPositionNotional ?? 0n
      expect(own?.exchangedPositionSize).toBe(size)
      expect(quoted).toMatchObject({ notional: size > 0n ? -paid : paid, fee: own?.fee })
      return count('trade as quoted')
    }
    const reason = decodeRevertData(sent.data)
    if (quoted instanceof RevertedError) {
      expect(quoted.reason.split(':')[0]).toBe(reason)
      return count(`trade refused by quote and chain: ${reason}`)
    }
    expect(quoted).toMatchObject({ type: 'trade' })
    expect(['CH_NEFCI', 'CH_NEFCM']).toContain(reason)
    count(`trade refused for margin: ${reason}`)
  }

  const move = async (account: Address, position: PerpPosition): Promise<void> => {
    const asset = random.pick(ASSETS)
    const held = position.legs.find((leg) => leg.asset === asset)?.size ?? 0n
    const what = random.pick(MOVES)
    switch (what) {
      case 'deposit': {
        const raw = random.bigint(1n, 10_000_000_000n) + rescue(position)
        await on.devnet.mint('USDC', account, raw)
        return moveMargin('supply', account, raw)
      }
      case 'withdraw': {
        const raw = random.bigint(0n, (position.freeCollateral * 6n) / 5n)
        return raw === 0n ? undefined : moveMargin('withdraw', account, raw)
      }
      case 'open': {
        const leverage = random.int(20, 95)
        const notional = (position.equity * BigInt(leverage)) / 10n
        const size = (notional * 10n ** 8n) / (await on.feed(asset))
        return size > 10n ** 9n
          ? trade(account, asset, random.next() < 0.5 ? size : -size)
          : undefined
      }
      case 'huge': {
        const size = (random.bigint(10n, 60n) * 10n ** 32n) / (await on.feed(asset))
        return trade(account, asset, random.next() < 0.5 ? size : -size)
      }
      case 'reduce':
        return held === 0n
          ? undefined
          : trade(account, asset, -(held * random.bigint(1n, 999n)) / 1_000n)
      case 'close':
        return held === 0n ? undefined : trade(account, asset, -held)
      case 'reverse':
        return held === 0n
          ? undefined
          : trade(account, asset, (-held * random.bigint(101n, 200n)) / 100n)
      default:
        return what satisfies never
    }
  }

  const happen = async (): Promise<void> => {
    const asset = random.pick(ASSETS)
    const what = random.pick(EVENTS)
    const index = Number(await on.feed(asset)) / 1e8
    switch (what) {
      case 'pool':
        return on.pullPool(asset, index * (0.94 + 0.12 * random.next()))
      case 'feed':
        return on.devnet.setFeed(
          asset,
          BigInt(Math.round(index * (0.955 + 0.09 * random.next()) * 1e8)),
        )
      case 'jump': {
        const to = index * random.pick([0.91, 0.93, 1.07, 1.1])
        await on.devnet.setFeed(asset, BigInt(Math.round(to * 1e8)))
        await on.pullPool(asset, to)
        return on.devnet.mine(random.pick([60, 950, 1_900]))
      }
      case 'time':
        return on.devnet.mine(random.pick([1, 14, 16, 300, 899, 1_801, 7_200, 43_200]))
      case 'liquidate': {
        const trader = random.pick(traders)
        const market = on.config.markets.find((each) => each.asset === asset)
        if (market === undefined) return
        const args = [trader, market.baseToken] as const
        const data = encodeFunctionData({ abi, functionName: 'liquidate', args })
        const sent = await on.send({ to: on.config.clearingHouse, data }, on.whale)
        return count(`liquidate ${sent.type}`)
      }
      case 'none':
        return
      default:
        return what satisfies never
    }
  }

  test('the counters without a view are where the test looks for them', async () => {
    expect(await readOrderBookSlot(on)).toBe(BigInt(on.devnet.deployment.perp.orderBook))
  })

  test(`${STEPS} random states of ${TRADERS} accounts, seed ${SEED}`, async () => {
    for (const account of traders) {
      await on.devnet.mint('USDC', account, 20_000_000_000n)
      await moveMargin('supply', account, 20_000_000_000n)
    }
    for (let step = 0; step < STEPS; step++) {
      const account = random.pick(traders)
      const [position] = await on.venue.read(account, await on.latest())
      if (position !== undefined) await move(account, position)
      await happen()
      for (const each of traders) {
        const { legs, equity, maintenanceMargin } = await expectParity(on, each)
        count('state')
        for (const leg of legs) count(leg.size > 0n ? 'long' : 'short')
        if (legs.length > 1) count('two markets')
        if (legs.some((leg) => leg.fundingOwed > 0n)) count('owes funding')
        if (legs.some((leg) => leg.fundingOwed < 0n)) count('is owed funding')
        if (equity < maintenanceMargin) count('liquidatable')
        if (equity < maintenanceMargin / 2n) count('liquidatable whole')
        if (equity < 0n) count('insolvent')
      }
    }
    for (const [what, least] of Object.entries(LEAST))
      expect(seen.get(what) ?? 0, what).toBeGreaterThanOrEqual(least)
  })

  test('paused and closed markets', async () => {
    const account = await on.account()
    await on.devnet.mint('USDC', account, 100_000_000_000n)
    await moveMargin('supply', account, 100_000_000_000n)
    await trade(account, 'ETH', 20n * ONE)
    await trade(account, 'BTC', -ONE)
    const [, market] = on.config.markets
    const owner = on.devnet.accounts.deployer.address
    const tell = async (functionName: 'pause' | 'close', args: readonly [bigint] | readonly []) => {
      const data = encodeFunctionData({ abi, functionName, args } as Parameters<
        typeof encodeFunctionData<typeof abi>
      >[0])
      expect(await on.send({ to: market?.baseToken ?? '0x', data }, owner)).toMatchObject({
        type: 'settled',
      })
    }
    await tell('pause', [])
    await on.devnet.mine(3_600)
    await expectParity(on, account)
    await trade(account, 'BTC', ONE)
    expect(seen.get('trade refused by quote and chain: CH_MNO')).toBe(1)
    await on.devnet.setFeed('BTC', 10n ** 8n * 41_000n)
    await expectParity(on, account)
    await tell('close', [39_000n * ONE])
    await on.devnet.mine(86_400)
    const [eth, btc] = await on.venue.readMarkets(await on.latest())
    expect(btc).toMatchObject({ markPrice: 39_000n * ONE, fundingRate: 0n })
    expect(btc).toMatchObject({ depthDown: 0n, depthUp: 0n })
    expect(eth?.depthDown).not.toBe(0n)
    const position = await expectParity(on, account)
    expect(position.legs.find((leg) => leg.asset === 'BTC')?.markPrice).toBe(39_000n * ONE)
  })
})
