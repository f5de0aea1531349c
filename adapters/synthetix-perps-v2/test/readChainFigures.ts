import type { Address, BlockRef } from '@plimsoll/domain'
import { parseAbi } from 'viem'
import type { SynthetixMarket } from '../src/index.ts'
import type { SynthetixBench } from './createSynthetixMarket.ts'

const OFFCHAIN = 2 // the third kind of order
const abi = parseAbi([
  'struct Position { uint64 id; uint64 lastFundingIndex; uint128 margin; uint128 lastPrice; int128 size; }',
  'function assetPrice() view returns (uint256 price, bool invalid)',
  'function marketSkew() view returns (int128)',
  'function positions(address account) view returns (Position)',
  'function notionalValue(address account) view returns (int256, bool)',
  'function profitLoss(address account) view returns (int256, bool)',
  'function accruedFunding(address account) view returns (int256, bool)',
  'function remainingMargin(address account) view returns (uint256, bool)',
  'function accessibleMargin(address account) view returns (uint256, bool)',
  'function liquidationPrice(address account) view returns (uint256, bool)',
  'function liquidationFee(address account) view returns (uint256)',
  'function canLiquidate(address account) view returns (bool)',
  'function isFlagged(address account) view returns (bool)',
  'function currentFundingRate() view returns (int256)',
  'function currentFundingVelocity() view returns (int256)',
  'function unrecordedFunding() view returns (int256, bool)',
  'function fundingLastRecomputed() view returns (uint32)',
  'function fundingRateLastRecomputed() view returns (int128)',
  'function fundingSequence(uint256 index) view returns (int128)',
  'function fundingSequenceLength() view returns (uint256)',
  'function fillPrice(int256 sizeDelta) view returns (uint256, bool)',
  'function orderFee(int256 sizeDelta, uint8 orderType) view returns (uint256, bool)',
])

export type ChainFigures = Awaited<ReturnType<typeof readChainFigures>>

/** What the contracts themselves say of an account in a market, without any arithmetic of the adapter's. */
export async function readChainFigures(
  { client }: SynthetixBench,
  account: Address,
  { address }: SynthetixMarket,
  block: BlockRef,
) {
  const at = { address, abi, blockNumber: block.number } as const
  const args = [account] as const
  const [
    [price],
    skew,
    position,
    [notional],
    [profitLoss],
    [accruedFunding],
    [remainingMargin],
    [accessibleMargin],
    [liquidationPrice],
    liquidationFee,
    canLiquidate,
    isFlagged,
    fundingRate,
    fundingVelocity,
    [unrecordedFunding],
    lastRecomputed,
    rateLastRecomputed,
    entries,
  ] = await Promise.all([
    client.readContract({ ...at, functionName: 'assetPrice' }),
    client.readContract({ ...at, functionName: 'marketSkew' }),
    client.readContract({ ...at, functionName: 'positions', args }),
    client.readContract({ ...at, functionName: 'notionalValue', args }),
    client.readContract({ ...at, functionName: 'profitLoss', args }),
    client.readContract({ ...at, functionName: 'accruedFunding', args }),
    client.readContract({ ...at, functionName: 'remainingMargin', args }),
    client.readContract({ ...at, functionName: 'accessibleMargin', args }),
    client.readContract({ ...at, functionName: 'liquidationPrice', args }),
    client.readContract({ ...at, functionName: 'liquidationFee', args }),
    client.readContract({ ...at, functionName: 'canLiquidate', args }),
    client.readContract({ ...at, functionName: 'isFlagged', args }),
    client.readContract({ ...at, functionName: 'currentFundingRate' }),
    client.readContract({ ...at, functionName: 'currentFundingVelocity' }),
    client.readContract({ ...at, functionName: 'unrecordedFunding' }),
    client.readContract({ ...at, functionName: 'fundingLastRecomputed' }),
    client.readContract({ ...at, functionName: 'fundingRateLastRecomputed' }),
    client.readContract({ ...at, functionName: 'fundingSequenceLength' }),
  ])
  const [latestEntry, startEntry] = await Promise.all(
    [entries - 1n, position.lastFundingIndex].map((index) =>
      client.readContract({ ...at, functionName: 'fundingSequence', args: [index] }),
    ),
  )
  return {
    price,
    skew,
    position,
    notional,
    profitLoss,
    accruedFunding,
    remainingMargin,
    accessibleMargin,
    liquidationPrice,
    liquidationFee,
    canLiquidate,
    isFlagged,
    fundingRate,
    fundingVelocity,
    unrecordedFunding,
    elapsed: block.timestamp - BigInt(lastRecomputed),
    rateLastRecomputed,
    /** Funding of one unit recorded since the position last changed. */
    recordedPerUnit: (latestEntry ?? 0n) - (startEntry ?? 0n),
  }
}

/** What the contracts say a trade of a size would be filled at and cost. */
export async function readTradeFigures(
  { client }: SynthetixBench,
  size: bigint,
  { address }: SynthetixMarket,
  block: BlockRef,
) {
  const at = { address, abi, blockNumber: block.number } as const
  const [[fillPrice], [orderFee]] = await Promise.all([
    client.readContract({ ...at, functionName: 'fillPrice', args: [size] }),
    client.readContract({ ...at, functionName: 'orderFee', args: [size, OFFCHAIN] }),
  ])
  return { fillPrice, orderFee }
}
