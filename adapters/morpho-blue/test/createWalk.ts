import { known, type TestChain } from '@plimsoll/devnet'
import { type Address, WAD } from '@plimsoll/domain'
import { erc20Abi } from '@plimsoll/evm'
import type { Random } from '@plimsoll/testkit'
import { encodeFunctionData, type Hex, parseUnits } from 'viem'
import { expect } from 'vitest'
import { type Market, marketId } from '../src/index.ts'
import type { MarketReading } from '../src/parse.ts'
import { readMarket } from '../src/read.ts'
import { accrueInterest, borrowedAssets } from '../src/risk.ts'
import { morphoAbi } from './abis.ts'
import { marketsOf } from './createHarness.ts'
import { largestBorrow, largestWithdrawal } from './limits.ts'

const ACCOUNTS = 4
const MAX = 2n ** 256n - 1n
const DAY = 86_400

/** What a liquidation that happened was asked for and moved. */
export type Happened = {
  readonly before: MarketReading
  readonly after: MarketReading
  /** Time of its block. [s] */
  readonly timestamp: bigint
  /** Collateral or debt shares asked for; the other is 0. */
  readonly seizedAssets: bigint
  readonly repaidShares: bigint
  /** What the liquidator's balances say. */
  readonly received: bigint
  readonly paid: bigint
}

/** A few accounts that lend, borrow, repay, withdraw and are liquidated at random while time and prices move. */
export async function createWalk(chain: TestChain, random: Random) {
  const { client, devnet, tokens } = chain
  const { morpho } = devnet.deployment.morpho
  const markets = marketsOf(chain)
  const prices = { ETH: 2_000_00000000n, BTC: 40_000_00000000n }
  const call = (functionName: Called, args: readonly unknown[]): Hex =>
    encodeFunctionData({ abi: morphoAbi, functionName, args: args as never })
  const must = async (from: Address, data: Hex, to = morpho): Promise<void> =>
    expect(await chain.send([{ to, data }], from)).toEqual({ type: 'settled' })

  const liquidator = await chain.account()
  const accounts = await Promise.all(Array.from({ length: ACCOUNTS }, () => chain.account()))
  const approve = encodeFunctionData({
    abi: erc20Abi,
    functionName: 'approve',
    args: [morpho, MAX],
  })
  for (const token of Object.values(tokens)) {
    const plenty = 10n ** BigInt(token.decimals + 9)
    await chain.fund(devnet.deployment.multicall3, token, plenty)
    for (const account of [...accounts, liquidator]) {
      await chain.fund(account, token, plenty)
      await must(account, approve, token.address)
    }
  }
  // The first market pays a fee on its interest, the second does not.
  const deployer = devnet.accounts.deployer.address
  await must(deployer, call('setFeeRecipient', [devnet.accounts.treasury.address]))
  await must(deployer, call('setFee', [known(markets[0], 'a market').params, WAD / 10n]))

  const read = async (market: Market, account: Address): Promise<MarketReading> => {
    const block = await chain.latest()
    return readMarket({ client, venue: marketId(market.params), morpho, account, block }, market)
  }
  const share = (of: bigint): bigint => random.bigint(1n, of)

  const act = async (market: Market, account: Address): Promise<void> => {
    const reading = await read(market, account)
    const { timestamp } = await chain.latest()
    const books = accrueInterest(reading.market, reading.borrowRate, timestamp)
    const owed = borrowedAssets(books, reading.borrower)
    const { params, collateralToken } = market
    const whole = 10n ** BigInt(collateralToken.decimals)
    const kind =
      reading.borrower.collateral === 0n
        ? 'supply'
        : random.pick(['supply', 'borrow', 'borrow', 'repay', 'withdraw', 'lend'] as const)
    switch (kind) {
      case 'supply':
        return must(account, call('supplyCollateral', [params, share(whole * 20n), account, '0x']))
      case 'borrow': {
        const most = largestBorrow(reading, books, market)
        const raw = random.next() < 0.5 ? (most * 999n) / 1_000n : share(most + 1n)
        if (most < 1_000n) return
        return must(account, call('borrow', [params, raw, 0n, account, account]))
      }
      case 'repay': {
        if (owed === 0n) return
        const [raw, shares] =
          random.next() < 0.2 ? [0n, reading.borrower.borrowShares] : [share(owed), 0n]
        return must(account, call('repay', [params, raw, shares, account, '0x']))
      }
      case 'withdraw': {
        const free = (largestWithdrawal(reading, owed, market) * 99n) / 100n
        if (free < 1_000n) return
        return must(account, call('withdrawCollateral', [params, share(free), account, account]))
      }
      case 'lend': {
        const raw = share(parseUnits('5000000', 6))
        return must(account, call('supply', [params, raw, 0n, account, '0x']))
      }
      default:
        return kind satisfies never
    }
  }

  return {
    liquidator,

    /** Makes a new state; the account is the one to look at. */
    async step(): Promise<{ readonly market: Market; readonly account: Address }> {
      const market = random.pick(markets)
      const account = random.pick(accounts)
      await act(market, account)
      if (random.next() < 0.6) await devnet.mine(random.int(1, 20 * DAY))
      if (random.next() < 0.5) {
        const asset = random.pick(['ETH', 'BTC'] as const)
        prices[asset] = (prices[asset] * BigInt(random.int(930, 1_070))) / 1_000n
        await devnet.setFeed(asset, prices[asset])
      }
      if (random.next() < 0.2)
        await devnet.setFeed('USDC', BigInt(random.int(98_000_000, 102_000_000)))
      return { market, account }
    },

    /** Liquidates half of an account for real, by collateral or by debt. */
    async liquidate(market: Market, account: Address): Promise<Happened> {
      const before = await read(market, account)
      const { collateral, borrowShares } = before.borrower
      const [seizedAssets, repaidShares] =
        random.next() < 0.5 ? [collateral / 2n, 0n] : [0n, borrowShares / 2n]
      const balances = () =>
        Promise.all([
          chain.balance(liquidator, market.collateralToken),
          chain.balance(liquidator, market.loanToken),
        ])
      const [held, purse] = await balances()
      const { params } = market
      await must(liquidator, call('liquidate', [params, account, seizedAssets, repaidShares, '0x']))
      const [heldAfter, purseAfter] = await balances()
      return {
        before,
        after: await read(market, account),
        timestamp: (await chain.latest()).timestamp,
        seizedAssets,
        repaidShares,
        received: heldAfter - held,
        paid: purse - purseAfter,
      }
    },
  }
}

type Called =
  | 'setFee'
  | 'setFeeRecipient'
  | 'supply'
  | 'supplyCollateral'
  | 'borrow'
  | 'repay'
  | 'withdrawCollateral'
  | 'liquidate'
