import {
  type Address,
  type BlockRef,
  mulDivUp,
  type Price,
  price,
  type VenueId,
  VenueReadError,
  WAD,
} from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { zeroAddress } from 'viem'
import { feedAbi, morphoBlueAbi, oracleAbi, rateModelAbi } from './abi.ts'
import { type LoanPrice, type Market, marketId } from './Market.ts'
import type { MarketReading } from './parse.ts'
import type { MarketState } from './risk.ts'

type ReadAt = {
  readonly client: ChainClient
  readonly venue: VenueId
  readonly morpho: Address
  readonly account: Address
  readonly block: BlockRef
}

/**
 * Reads a market and an account's place in it at one block, in two rounds: the rate model is asked about the books that
 * the first round brings.
 *
 * @throws {@link VenueReadError} when a contract does not answer, the market was never created, or a price is not above zero.
 */
export async function readMarket(at: ReadAt, market: Market): Promise<MarketReading> {
  const id = marketId(market.params)
  try {
    const [{ books, borrower, priceE36 }, loanPrice] = await Promise.all([
      readBooks(at, market),
      readLoanPrice(at, market.loanPrice),
    ])
    if (books.lastUpdate === 0n) throw unusable(at, `market ${id}`, 'it was never created')
    if (priceE36 === 0n) throw unusable(at, `the oracle of market ${id}`, 'its price is 0')
    const borrowRate = await readBorrowRate(at, market, books)
    return { market: books, borrower, priceE36, loanPrice, borrowRate }
  } catch (cause) {
    if (cause instanceof VenueReadError) throw cause
    throw new VenueReadError({
      venue: at.venue,
      what: `market ${id} at block ${at.block.number}`,
      cause,
    })
  }
}

async function readBooks({ client, morpho, account, block }: ReadAt, market: Market) {
  const id = marketId(market.params)
  const at = { blockNumber: block.number } as const
  const ofMorpho = { address: morpho, abi: morphoBlueAbi, ...at } as const
  const [books, position, priceE36] = await Promise.all([
    client.readContract({ ...ofMorpho, functionName: 'market', args: [id] }),
    client.readContract({ ...ofMorpho, functionName: 'position', args: [id, account] }),
    client.readContract({
      address: market.params.oracle,
      abi: oracleAbi,
      functionName: 'price',
      ...at,
    }),
  ])
  const [totalSupplyAssets, totalSupplyShares, totalBorrowAssets, totalBorrowShares] = books
  const [, , , , lastUpdate, fee] = books
  const supplied = { totalSupplyAssets, totalSupplyShares }
  const borrowed = { totalBorrowAssets, totalBorrowShares }
  const [, borrowShares, collateral] = position
  return {
    books: { ...supplied, ...borrowed, lastUpdate, fee },
    borrower: { borrowShares, collateral },
    priceE36,
  }
}

/** A market without a rate model charges nothing. */
async function readBorrowRate(
  { client, block }: ReadAt,
  { params }: Market,
  books: MarketState,
): Promise<bigint> {
  if (params.irm === zeroAddress) return 0n
  return client.readContract({
    address: params.irm,
    abi: rateModelAbi,
    functionName: 'borrowRateView',
    args: [params, books],
    blockNumber: block.number,
  })
}

async function readLoanPrice(at: ReadAt, source: LoanPrice): Promise<Price> {
  if (source.type === 'fixed') return source.price
  const feed = { address: source.feed, abi: feedAbi, blockNumber: at.block.number } as const
  const [decimals, [, answer]] = await Promise.all([
    at.client.readContract({ ...feed, functionName: 'decimals' }),
    at.client.readContract({ ...feed, functionName: 'latestRoundData' }),
  ])
  if (answer <= 0n) throw unusable(at, `feed ${source.feed}`, `its answer is ${answer}`)
  return price(mulDivUp(answer, WAD, 10n ** BigInt(decimals)))
}

const unusable = ({ venue, block }: ReadAt, what: string, why: string): VenueReadError =>
  new VenueReadError({ venue, what: `${what} at block ${block.number}`, cause: why })
