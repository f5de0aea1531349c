import {
  type Address,
  type BlockRef,
  type Call,
  type CallContext,
  type DepthReading,
  InvalidIntentError,
  mulDivDown,
  mulDivUp,
  numberFromRaw,
  price,
  RevertedError,
  type SwapIntent,
  type SwapVenue,
  sameAddress,
  type Token,
  usd,
  WAD,
} from '@plimsoll/domain'
import type { SimulatedChain } from './createSimulatedChain.ts'
import { add, balanceOf, load, type Message, move, type Storage, slot } from './Ledger.ts'
import { decodeRevertOf, encodeCall, type SimulatedArgs, SimulatedRevert } from './simulatedCall.ts'

/** A constant-product pool in memory. */
export type SimulatedSwap = SwapVenue & {
  readonly address: Address
  /** Arbitrage from outside: moves the reserves along their curve to a price, which counts as volume. [quote per base, 1e18] */
  arbitrage(spot: bigint): void
}

/** Fee of a trade. [1e-6] */
const FEE = 3_000n
const MILLION = 1_000_000n
const ROOT = 10n ** 9n
/** How long a trade counts as volume. [s] */
const WINDOW = 300n

/**
 * Creates a pool of two tokens with `x·y = k` and a fee of 0.3 % on what comes in.
 *
 * The quote token counts as one dollar.
 */
export function createSimulatedSwap(p: {
  readonly chain: SimulatedChain
  readonly address: Address
  readonly base: Token
  readonly quote: Token
  /** [base decimals] */
  readonly reserveBase: bigint
  /** [quote decimals] */
  readonly reserveQuote: bigint
}): SimulatedSwap {
  const { chain, address, base, quote } = p
  const id = `simulated-swap:${address}`
  const reserve = (token: Token): string => slot(token.address, 'balance', address)
  chain.write((storage) => {
    storage.set(reserve(base), p.reserveBase)
    storage.set(reserve(quote), p.reserveQuote)
  })

  const allowed = (account: Address, token: Token): string =>
    slot(address, 'allowed', account, token.address)
  const trades = slot(address, 'trades')
  const tradeAt = (index: bigint): { readonly time: string; readonly value: string } => ({
    time: slot(address, 'trade-time', String(index)),
    value: slot(address, 'trade-value', String(index)),
  })
  /** Counts a trade. [quote decimals] */
  const count = (storage: Storage, time: bigint, value: bigint): void => {
    const entry = tradeAt(load(storage, trades))
    storage.set(entry.time, time)
    storage.set(entry.value, value)
    add(storage, trades, 1n)
  }
  /** Value traded in the window before a time. [quote decimals] */
  const volumeIn = (storage: Storage, now: bigint): bigint => {
    let sum = 0n
    for (let index = load(storage, trades) - 1n; index >= 0n; index--) {
      const entry = tradeAt(index)
      if (load(storage, entry.time) <= now - WINDOW) break
      sum += load(storage, entry.value)
    }
    return sum
  }

  const pairOf = (
    intent: Omit<SwapIntent, 'minOut'>,
  ): { readonly in: Token; readonly out: Token } => {
    const forwards = [base, quote]
    const tokens = [intent.tokenIn, intent.tokenOut]
    const matches = (pair: readonly Token[]): boolean =>
      pair.every(({ address: of }, i) => sameAddress(of, tokens[i]?.address ?? address))
    const known = matches(forwards)
      ? { in: base, out: quote }
      : matches(forwards.toReversed())
        ? { in: quote, out: base }
        : null
    if (intent.venue !== id || known === null || intent.amountIn <= 0n)
      throw new InvalidIntentError({
        venue: id,
        intent: 'swap',
        found: `${intent.amountIn} ${intent.tokenIn.symbol} for ${intent.tokenOut.symbol} on ${intent.venue}`,
        allowed: `a positive amount of ${base.symbol} or ${quote.symbol} on ${id}`,
      })
    return known
  }

  const outputIn = (
    storage: Storage,
    tokenIn: Token,
    tokenOut: Token,
    amountIn: bigint,
  ): bigint => {
    const kept = amountIn * (MILLION - FEE)
    return mulDivDown(
      load(storage, reserve(tokenOut)),
      kept,
      load(storage, reserve(tokenIn)) * MILLION + kept,
    )
  }

  /** Marginal price of one token in the other. [1e18] */
  const spotIn = (storage: Storage, of: Token, against: Token): bigint =>
    mulDivDown(
      load(storage, reserve(against)) * 10n ** BigInt(of.decimals),
      WAD,
      load(storage, reserve(of)) * 10n ** BigInt(against.decimals),
    )

  const run = ({ storage, sender, method, args, time }: Message): void => {
    const refuse = (reason: string) => new SimulatedRevert(address, reason)
    const forwards = sameAddress(args.tokenIn as Address, base.address)
    const [tokenIn, tokenOut] = forwards ? [base, quote] : [quote, base]
    const amountIn = args.amountIn as bigint
    if (method === 'approve') {
      storage.set(allowed(sender, tokenIn), amountIn)
      return
    }
    if (method !== 'swap') throw refuse(`UNKNOWN_METHOD_${method}`)
    if (time > (args.deadline as bigint)) throw refuse('TOO_LATE')
    if (load(storage, allowed(sender, tokenIn)) < amountIn) throw refuse('NOT_APPROVED')
    if (balanceOf(storage, tokenIn, sender) < amountIn) throw refuse('BALANCE_TOO_LOW')
    const amountOut = outputIn(storage, tokenIn, tokenOut, amountIn)
    if (amountOut < (args.minOut as bigint)) throw refuse('TOO_LITTLE_RECEIVED')
    move(storage, tokenIn, { from: sender, to: address, raw: amountIn })
    move(storage, tokenOut, { from: address, to: sender, raw: amountOut })
    add(storage, allowed(sender, tokenIn), -amountIn)
    count(storage, time, forwards ? amountOut : amountIn)
  }
  chain.deploy({ address, run })

  return {
    id,
    address,
    capabilities: ['exact-in'],
    authorize: () => [],
    decodeRevert(data) {
      const reason = decodeRevertOf(address, data)
      return reason === null ? null : new RevertedError({ venue: id, reason })
    },
    async read(block: BlockRef): Promise<readonly DepthReading[]> {
      const storage = chain.at(block)
      const cents = 10n ** BigInt(8 - quote.decimals)
      const dollars = load(storage, reserve(quote)) * cents
      return [
        {
          venue: id,
          asset: base.asset,
          base,
          quote,
          spot: price(spotIn(storage, base, quote)),
          fee: Number(FEE) / Number(MILLION),
          depthDown: usd(mulDivDown(dollars, 5_037n, MILLION)), // R(1/√0.99 − 1)
          depthUp: usd(mulDivDown(dollars, 4_987n, MILLION)), // R(√1.01 − 1)
          volume5m: usd(volumeIn(storage, block.timestamp) * cents),
        },
      ]
    },
    async quote(intent, block) {
      const pair = pairOf(intent)
      const storage = chain.at(block)
      return {
        type: 'swap',
        amountOut: outputIn(storage, pair.in, pair.out, intent.amountIn),
        spotBefore: price(spotIn(storage, pair.in, pair.out)),
        fee: Number(FEE) / Number(MILLION),
        gas: 100_000n,
      }
    },
    encode(intent, { deadline }: CallContext) {
      const pair = pairOf(intent)
      const { amountIn, minOut } = intent
      if (minOut <= 0n)
        throw new InvalidIntentError({
          venue: id,
          intent: 'swap',
          found: `a least output of ${minOut}`,
          allowed: 'above zero',
        })
      const tokenIn = pair.in.address
      const amount = `${numberFromRaw(amountIn, pair.in.decimals)} ${pair.in.symbol}`
      const call = (method: string, args: SimulatedArgs, label: string): Call => ({
        to: address,
        data: encodeCall(method, args),
        value: 0n,
        venue: id,
        label,
      })
      return [
        call('approve', { tokenIn, amountIn }, `approve ${amount}`),
        call(
          'swap',
          { tokenIn, amountIn, minOut, deadline },
          `swap ${amount} for ${pair.out.symbol}`,
        ),
      ]
    },
    arbitrage(spot) {
      chain.write((storage, time) => {
        const k = load(storage, reserve(base)) * load(storage, reserve(quote))
        const ratio = mulDivUp(spot, 10n ** BigInt(quote.decimals), 10n ** BigInt(base.decimals)) // [1e18]
        const onQuote = mulDivDown(squareRoot(k * ratio), 1n, ROOT)
        const traded = onQuote - load(storage, reserve(quote))
        count(storage, time, traded < 0n ? -traded : traded)
        storage.set(reserve(quote), onQuote)
        storage.set(reserve(base), k / onQuote)
      })
    },
  }
}

/** `⌊√n⌋` by Newton's method. */
function squareRoot(n: bigint): bigint {
  if (n < 2n) return n
  let root = 1n << (BigInt(n.toString(2).length) / 2n + 1n)
  for (let next = (root + n / root) / 2n; next < root; next = (root + n / root) / 2n) root = next
  return root
}
