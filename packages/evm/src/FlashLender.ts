import { type Address, BPS, mulDivUp, type Token } from '@plimsoll/domain'

/** A contract that lends within one transaction. */
export type FlashLender = {
  readonly kind: 'aave-v3' | 'morpho'
  readonly address: Address
  /** What it charges. [bps] */
  readonly feeBps: bigint
  /** Tokens it is allowed to be asked for. */
  readonly tokens: readonly Token[]
}

/** What a lender charges for an amount, rounded up. [token decimals] */
export const flashFeeOf = ({ feeBps }: FlashLender, raw: bigint): bigint =>
  mulDivUp(raw, feeBps, BPS)

/** Number of a kind of lender in the executor contract; 0 is no loan. */
export const LOAN_KINDS = { 'aave-v3': 1, morpho: 2 } as const satisfies Record<
  FlashLender['kind'],
  number
>
