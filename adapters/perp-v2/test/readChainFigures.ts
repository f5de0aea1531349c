import type { Address, BlockRef } from '@plimsoll/domain'
import { encodeAbiParameters, hexToBigInt, keccak256, parseAbi, toHex } from 'viem'
import type { PerpV2Config, PerpV2Market } from '../src/index.ts'
import type { PerpMarket } from './createPerpMarket.ts'

const abi = parseAbi([
  'function getAccountValue(address trader) view returns (int256)',
  'function getFreeCollateralByToken(address trader, address token) view returns (uint256)',
  'function getMarginRequirementForLiquidation(address trader) view returns (int256)',
  'function getTotalAbsPositionValue(address trader) view returns (uint256)',
  'function getPnlAndPendingFee(address trader) view returns (int256, int256, uint256)',
  'function getBalance(address trader) view returns (int256)',
  'function getTotalPositionSize(address trader, address baseToken) view returns (int256)',
  'function getTotalPositionValue(address trader, address baseToken) view returns (int256)',
  'function getLiquidatablePositionSize(address trader, address baseToken, int256 accountValue) view returns (int256)',
  'function getMarkPrice(address baseToken) view returns (uint256)',
  'function getIndexPrice(uint256 interval) view returns (uint256)',
  'function getPendingFundingPayment(address trader, address baseToken) view returns (int256)',
  'function getAccountInfo(address trader, address baseToken) view returns ((int256 takerPositionSize, int256 takerOpenNotional, int256 lastTwPremiumGrowthGlobalX96))',
  'function getSqrtMarketTwapX96(address baseToken, uint32 twapInterval) view returns (uint160)',
  'function isOpen() view returns (bool)',
  'function isClosed() view returns (bool)',
  'function getClosedPrice() view returns (uint256)',
  'function getTwapInterval() view returns (uint32)',
  'function getMaxFundingRate() view returns (uint24)',
])

// Where `Exchange` keeps what it has no view for, counted from its first own variable.
const ORDER_BOOK_SLOT = 205n
const FIRST_TRADED_SLOT = ORDER_BOOK_SLOT + 4n
const LAST_SETTLED_SLOT = ORDER_BOOK_SLOT + 5n
const FUNDING_GROWTH_SLOT = ORDER_BOOK_SLOT + 6n

export type ChainFigures = Awaited<ReturnType<typeof readChainFigures>>

/** What the contracts themselves say of an account, without any arithmetic of the adapter's. */
export async function readChainFigures(on: PerpMarket, account: Address, block: BlockRef) {
  const { client, config } = on
  const blockNumber = block.number
  const balances = { address: config.accountBalance, abi, args: [account], blockNumber } as const
  const [accountValue, freeCollateral, requirement, absValue, pnl, balance] = await Promise.all([
    client.readContract({
      address: config.clearingHouse,
      abi,
      functionName: 'getAccountValue',
      args: [account],
      blockNumber,
    }),
    client.readContract({
      address: config.vault,
      abi,
      functionName: 'getFreeCollateralByToken',
      args: [account, config.marginToken.address],
      blockNumber,
    }),
    client.readContract({ ...balances, functionName: 'getMarginRequirementForLiquidation' }),
    client.readContract({ ...balances, functionName: 'getTotalAbsPositionValue' }),
    client.readContract({ ...balances, functionName: 'getPnlAndPendingFee' }),
    client.readContract({
      address: config.vault,
      abi,
      functionName: 'getBalance',
      args: [account],
      blockNumber,
    }),
  ])
  const markets = await Promise.all(
    config.markets.map((of) => readMarketFigures(on, account, of, accountValue, block)),
  )
  return {
    accountValue,
    freeCollateral,
    requirement,
    absValue,
    owedRealizedPnl: pnl[0],
    unrealizedPnl: pnl[1],
    balance,
    markets,
  }
}

async function readMarketFigures(
  { client, config }: PerpMarket,
  account: Address,
  of: PerpV2Market,
  accountValue: bigint,
  block: BlockRef,
) {
  const blockNumber = block.number
  const args = [account, of.baseToken] as const
  const balances = { address: config.accountBalance, abi, blockNumber } as const
  const exchange = { address: config.exchange, abi, blockNumber } as const
  const base = { address: of.baseToken, abi, blockNumber } as const
  const [size, info, value, liquidatable, mark, index, funding, isOpen] = await Promise.all([
    client.readContract({ ...balances, functionName: 'getTotalPositionSize', args }),
    client.readContract({ ...balances, functionName: 'getAccountInfo', args }),
    client.readContract({ ...balances, functionName: 'getTotalPositionValue', args }),
    client.readContract({
      ...balances,
      functionName: 'getLiquidatablePositionSize',
      args: [...args, accountValue],
    }),
    client.readContract({ ...balances, functionName: 'getMarkPrice', args: [of.baseToken] }),
    client.readContract({ ...base, functionName: 'getIndexPrice', args: [0n] }),
    client.readContract({ ...exchange, functionName: 'getPendingFundingPayment', args }),
    client.readContract({ ...base, functionName: 'isOpen' }),
  ])
  const isClosed = !isOpen && (await client.readContract({ ...base, functionName: 'isClosed' }))
  const stopped = isClosed
    ? await client.readContract({ ...base, functionName: 'getClosedPrice' })
    : index
  return {
    of,
    isOpen,
    size,
    takerSize: info.takerPositionSize,
    openNotional: info.takerOpenNotional,
    value,
    liquidatable,
    reference: isOpen ? mark : stopped,
    index,
    funding,
  }
}

/** What `Exchange` computes funding from, its private counters included. Only for an open market. */
export async function readFundingInputs(
  { client, config }: PerpMarket,
  account: Address,
  { baseToken }: PerpV2Market,
  block: BlockRef,
) {
  const blockNumber = block.number
  const stored = (slot: bigint) => readSlot(client, config, blockNumber, baseToken, slot)
  const settings = { address: config.clearingHouseConfig, abi, blockNumber } as const
  const [firstTraded, lastSettled, growth, interval, maxFundingRate, info] = await Promise.all([
    stored(FIRST_TRADED_SLOT),
    stored(LAST_SETTLED_SLOT),
    stored(FUNDING_GROWTH_SLOT),
    client.readContract({ ...settings, functionName: 'getTwapInterval' }),
    client.readContract({ ...settings, functionName: 'getMaxFundingRate' }),
    client.readContract({
      address: config.accountBalance,
      abi,
      functionName: 'getAccountInfo',
      args: [account, baseToken],
      blockNumber,
    }),
  ])
  const age = firstTraded === 0n ? 0 : Number(block.timestamp - firstTraded)
  const window = Math.min(interval, age)
  const [sqrtMarketTwapX96, indexTwap] = await Promise.all([
    client.readContract({
      address: config.exchange,
      abi,
      functionName: 'getSqrtMarketTwapX96',
      args: [baseToken, window],
      blockNumber,
    }),
    client.readContract({
      address: baseToken,
      abi,
      functionName: 'getIndexPrice',
      args: [BigInt(window)],
      blockNumber,
    }),
  ])
  return {
    growthX96: BigInt.asIntN(256, growth),
    lastGrowthX96: info.lastTwPremiumGrowthGlobalX96,
    elapsed: lastSettled === 0n ? 0n : block.timestamp - lastSettled,
    sqrtMarketTwapX96,
    indexTwap,
    maxFundingRate: BigInt(maxFundingRate),
  }
}

/** The exchange's first own variable, which shows that the slots above are the right ones. */
export const readOrderBookSlot = async ({ client, config }: PerpMarket): Promise<bigint> =>
  hexToBigInt(
    (await client.getStorageAt({ address: config.exchange, slot: toHex(ORDER_BOOK_SLOT) })) ??
      '0x0',
  )

async function readSlot(
  client: PerpMarket['client'],
  { exchange: address }: PerpV2Config,
  blockNumber: bigint,
  key: Address,
  slot: bigint,
): Promise<bigint> {
  const types = [{ type: 'address' }, { type: 'uint256' }] as const
  const place = hexToBigInt(keccak256(encodeAbiParameters(types, [key, slot])))
  const found = await client.getStorageAt({ address, slot: toHex(place), blockNumber })
  return hexToBigInt(found ?? '0x0')
}
