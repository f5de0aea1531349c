import {
  type Address,
  type BlockRef,
  type Call,
  type Hex,
  type Token,
  VenueReadError,
  WAD,
} from '@plimsoll/domain'
import { encodeErrorResult, keccak256, toHex } from 'viem'
import {
  POND_TERMS,
  type PondMarket,
  type PondPrices,
  type PondState,
  pondAbi,
  runPond,
  slot,
} from './runPond.ts'

const YEAR = 31_536_000n
const GENESIS = 1_767_225_600n // 2026-01-01

/** What the market says of an account, in its own units. */
export type PondAccount = {
  /** [collateral decimals] */
  readonly collateral: bigint
  readonly shares: bigint
  /** Debt per share. [WAD] */
  readonly index: bigint
  readonly prices: PondPrices
}

/** What became of a call. */
export type PondReceipt =
  | { readonly type: 'settled' }
  | { readonly type: 'reverted'; readonly data: Hex }

/** The market on a chain of its own. `read` and `send` are all that a node would offer; the rest is the tester's. */
export type Pond = PondMarket & {
  latest(): Promise<BlockRef>
  /** @throws VenueReadError when there is no such block. */
  read(account: Address, block: BlockRef): Promise<PondAccount>
  /** Carries a call out in a block of its own. */
  send(call: Pick<Call, 'to' | 'data'>, from: Address): Promise<PondReceipt>
  balance(account: Address, token: Token): bigint
  mint(account: Address, token: Token, raw: bigint): void
  prices(): PondPrices
  setPrices(prices: PondPrices): void
  /** Makes a block after some time. [s] */
  mine(seconds: number): void
  /** Remembers the chain; the returned function goes back to it. */
  checkpoint(): () => void
}

type Block = { readonly ref: BlockRef; readonly state: PondState }

/** Creates the market in memory. It keeps every block, so that any of them can be read. */
export function createPond(market: PondMarket, prices: PondPrices): Pond {
  let tip = blockOf(0n, GENESIS, { prices, slots: new Map() })
  let blocks: ReadonlyMap<bigint, Block> = new Map([[0n, tip]])

  const next = (seconds = 1): Block =>
    blockOf(tip.ref.number + 1n, tip.ref.timestamp + BigInt(seconds), tip.state)
  const append = (block: Block): void => {
    tip = block
    blocks = new Map(blocks).set(block.ref.number, block)
  }

  return {
    ...market,
    latest: async () => tip.ref,
    async read(account, { number }) {
      const block = blocks.get(number)
      if (block === undefined) throw new VenueReadError({ venue: 'pond', what: `block ${number}` })
      const { slots, index, prices } = block.state
      return {
        collateral: slots.get(slot('collateral', account)) ?? 0n,
        shares: slots.get(slot('shares', account)) ?? 0n,
        index,
        prices,
      }
    },
    async send(call, from) {
      const block = next()
      const outcome = runPond(market, block.state, from, call)
      if (typeof outcome !== 'string') {
        append({ ...block, state: outcome })
        return { type: 'settled' }
      }
      append(block)
      const data = encodeErrorResult({ abi: pondAbi, errorName: outcome })
      return { type: 'reverted', data }
    },
    balance: (account, token) => tip.state.slots.get(slot(token.address, account)) ?? 0n,
    mint(account, token, raw) {
      const block = next()
      const path = slot(token.address, account)
      const slots = new Map(block.state.slots)
      slots.set(path, (slots.get(path) ?? 0n) + raw)
      append({ ...block, state: { ...block.state, slots } })
    },
    prices: () => tip.state.prices,
    setPrices(prices) {
      const block = next()
      append({ ...block, state: { ...block.state, prices } })
    },
    mine: (seconds) => append(next(seconds)),
    checkpoint() {
      const kept = { tip, blocks }
      return () => {
        tip = kept.tip
        blocks = kept.blocks
      }
    },
  }
}

/** Interest is a matter of time alone, so the index is too. */
function blockOf(number: bigint, timestamp: bigint, state: Omit<PondState, 'index'>): Block {
  const index = WAD + (POND_TERMS.borrowRate * (timestamp - GENESIS)) / YEAR
  const hash = keccak256(toHex(`pond ${number} ${timestamp}`))
  return {
    ref: { number, timestamp, hash, gasPrice: 10n ** 9n },
    state: { ...state, index },
  }
}
