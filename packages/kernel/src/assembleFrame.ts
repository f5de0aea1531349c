import {
  type Address,
  type Amount,
  type AssetId,
  type BlockRef,
  type ChainHead,
  type DepthReading,
  type Frame,
  IncompleteFrameError,
  InvariantError,
  type LendingPosition,
  type LendingVenue,
  type MarginDomain,
  numberFromUsd,
  numberFromWad,
  type PerpPosition,
  type PerpVenue,
  type PriceReading,
  type PriceSource,
  type SpotSource,
  type SwapVenue,
} from '@plimsoll/domain'

/** Where a frame is read from. */
export type FrameSources = {
  readonly lending: readonly LendingVenue[]
  readonly perps: readonly PerpVenue[]
  readonly swaps: readonly SwapVenue[]
  readonly prices: readonly PriceSource[]
  readonly spot: SpotSource
  /** Assets without a market of their own, taken at the oracle price: what the markets are quoted in. */
  readonly quoteAssets: readonly AssetId[]
}

/** Outcome of one read: what was asked, and what came. */
type Read<T> = { readonly what: string; readonly result: PromiseSettledResult<T> }

/**
 * Reads everything at one block and makes a frame of it: complete or refused.
 *
 * Oracle prices are those that venues liquidate on: of lending legs first, then of perp legs (their mark), then of
 * price sources. Where venues differ the first in the order given counts; every source's own reading stays in `prices`.
 * Market prices are the spot of the deepest market of each asset.
 *
 * Reads are pinned to the block's number. So that they are of the block itself, the chain is asked for its hash again
 * once all have come.
 *
 * @throws IncompleteFrameError naming all that is missing, or when a reorg replaced the block; the cause is kept.
 * @throws InvariantError when two venues claim the same margin domain.
 */
export async function assembleFrame(
  p: FrameSources & { readonly head: ChainHead; readonly owner: Address; readonly block: BlockRef },
): Promise<Frame> {
  const { owner, block } = p
  const [lendingReads, perpReads, marketReads, depthReads, priceReads, spotRead] =
    await Promise.all([
      readAll(p.lending, (venue) => [`positions of ${venue.id}`, venue.read(owner, block)]),
      readAll(p.perps, (venue) => [`positions of ${venue.id}`, venue.read(owner, block)]),
      readAll(p.perps, (venue) => [`markets of ${venue.id}`, venue.readMarkets(block)]),
      readAll(p.swaps, (venue) => [`depth of ${venue.id}`, venue.read(block)]),
      readAll(p.prices, (source) => [`prices of ${source.id}`, source.read(block)]),
      readAll([p.spot], (source) => ['tokens of the owner', source.read(owner, block)]),
    ])
  assertComplete(block, [
    ...lendingReads,
    ...perpReads,
    ...marketReads,
    ...depthReads,
    ...priceReads,
    ...spotRead,
  ])
  await assertCanonical(p.head, block)

  const lending = valuesOf(lendingReads).flat()
  const perps = valuesOf(perpReads).flat()
  const depth = valuesOf(depthReads).flat()
  const prices = valuesOf(priceReads).flat()
  const spot = valuesOf(spotRead)
    .flat()
    .map(({ token, raw }: Amount) => ({ type: 'spot' as const, account: owner, token, raw }))
  const domains = [
    ...valuesOf(lendingReads).flatMap((positions, i) => domainsOf(p.lending[i], positions)),
    ...valuesOf(perpReads).flatMap((positions, i) => domainsOf(p.perps[i], positions)),
  ]
  assertDistinct(domains)

  const assets = new Set([
    ...domains.flatMap((domain) => domain.assets),
    ...spot.map(({ token }) => token.asset),
    ...depth.map((reading) => reading.quote.asset),
  ])
  const oraclePrices = oraclePricesOf({ lending, perps, prices })
  assertPriced(block, 'oracle price', assets, oraclePrices)
  const marketPrices = marketPricesOf({ depth, oraclePrices, quoteAssets: p.quoteAssets })
  assertPriced(block, 'market price', assets, marketPrices)

  return {
    block,
    owner,
    lending,
    perps,
    portfolio: { domains, spot },
    oraclePrices,
    marketPrices,
    prices,
    depth,
    perpMarkets: valuesOf(marketReads).flat(),
  }
}

async function readAll<S, T>(
  sources: readonly S[],
  read: (source: S) => readonly [what: string, answer: Promise<T>],
): Promise<readonly Read<T>[]> {
  return Promise.all(
    sources.map(async (source) => {
      const [what, answer] = read(source)
      const [result] = await Promise.allSettled([answer])
      return { what, result }
    }),
  )
}

function assertComplete(block: BlockRef, reads: readonly Read<unknown>[]): void {
  const failed = reads.flatMap(({ what, result }) =>
    result.status === 'rejected' ? [{ what, cause: result.reason }] : [],
  )
  const [first] = failed
  if (first === undefined) return
  throw new IncompleteFrameError({
    missing: failed.map(({ what }) => what).join(', '),
    block: block.number,
    cause: failed.length === 1 ? first.cause : new AggregateError(failed.map((f) => f.cause)),
  })
}

async function assertCanonical(head: ChainHead, block: BlockRef): Promise<void> {
  const [read] = await readAll([head], () => ['the hash of its block', head.isCanonical(block)])
  if (read === undefined) return
  assertComplete(block, [read])
  if (read.result.status === 'fulfilled' && !read.result.value)
    throw new IncompleteFrameError({
      missing: 'a block that stands',
      block: block.number,
      cause: `${block.hash} was replaced while it was read`,
    })
}

const valuesOf = <T>(reads: readonly Read<T>[]): readonly T[] =>
  reads.flatMap(({ result }) => (result.status === 'fulfilled' ? [result.value] : []))

function domainsOf<P>(
  venue: { liquidation(position: P): MarginDomain } | undefined,
  positions: readonly P[],
): readonly MarginDomain[] {
  return venue === undefined ? [] : positions.map((position) => venue.liquidation(position))
}

function assertDistinct(domains: readonly MarginDomain[]): void {
  const seen = new Set<string>()
  for (const { id } of domains) {
    if (seen.has(id))
      throw new InvariantError({
        expected: 'every margin domain read once',
        found: `${id} twice; a venue is listed twice`,
      })
    seen.add(id)
  }
}

function oraclePricesOf(p: {
  readonly lending: readonly LendingPosition[]
  readonly perps: readonly PerpPosition[]
  readonly prices: readonly PriceReading[]
}): ReadonlyMap<AssetId, number> {
  const oracle = new Map<AssetId, number>()
  const offer = (asset: AssetId, price: number): void => {
    if (!oracle.has(asset)) oracle.set(asset, price)
  }
  for (const position of p.lending)
    for (const leg of [...position.collateral, ...position.debt])
      offer(leg.token.asset, numberFromWad(leg.oraclePrice))
  for (const position of p.perps)
    for (const leg of position.legs) offer(leg.asset, numberFromWad(leg.markPrice))
  for (const reading of p.prices) offer(reading.asset, numberFromWad(reading.price))
  return oracle
}

function marketPricesOf(p: {
  readonly depth: readonly DepthReading[]
  readonly oraclePrices: ReadonlyMap<AssetId, number>
  readonly quoteAssets: readonly AssetId[]
}): ReadonlyMap<AssetId, number> {
  const market = new Map<AssetId, number>()
  for (const asset of p.quoteAssets) {
    const price = p.oraclePrices.get(asset)
    if (price !== undefined) market.set(asset, price)
  }
  const deepestFirst = [...p.depth].sort((a, b) => total(b) - total(a))
  for (const reading of deepestFirst) {
    const quote = market.get(reading.quote.asset)
    if (quote !== undefined && !market.has(reading.asset))
      market.set(reading.asset, numberFromWad(reading.spot) * quote)
  }
  return market
}

const total = (reading: DepthReading): number =>
  numberFromUsd(reading.depthDown) + numberFromUsd(reading.depthUp)

function assertPriced(
  block: BlockRef,
  what: string,
  assets: ReadonlySet<AssetId>,
  prices: ReadonlyMap<AssetId, number>,
): void {
  const missing = [...assets].filter((asset) => !((prices.get(asset) ?? 0) > 0))
  if (missing.length > 0)
    throw new IncompleteFrameError({
      missing: missing.map((asset) => `${what} of ${asset}`).join(', '),
      block: block.number,
      cause: `known: ${[...prices.keys()].join(', ') || 'none'}`,
    })
}
