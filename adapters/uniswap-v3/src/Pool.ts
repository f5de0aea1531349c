import { type Address, sameAddress, type Token } from '@plimsoll/domain'

/** A pool as the adapter is told of it. */
export type Pool = {
  readonly address: Address
  /** Fee on what is sold. [1e-6] */
  readonly fee: number
  /** Token whose market this is. */
  readonly base: Token
  /** Token that prices the base, held to be worth a dollar. */
  readonly quote: Token
}

/** True where the base is the pool's `token0`: the pool's own price is then quote per base. */
export const isBaseFirst = ({ base, quote }: Pool): boolean =>
  BigInt(base.address) < BigInt(quote.address)

/** Fee as a share of what is sold. */
export const feeShare = ({ fee }: Pool): number => fee / 1e6

/** True where a swap of these tokens, either way round, goes through the pool. */
export const trades = (pool: Pool, a: Address, b: Address): boolean =>
  (sameAddress(pool.base.address, a) && sameAddress(pool.quote.address, b)) ||
  (sameAddress(pool.base.address, b) && sameAddress(pool.quote.address, a))
