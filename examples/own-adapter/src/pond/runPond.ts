import {
  type Address,
  type Call,
  least,
  mulDivDown,
  mulDivUp,
  sameAddress,
  type Token,
  WAD,
} from '@plimsoll/domain'
import { decodeFunctionData, erc20Abi, parseAbi } from 'viem'

/** What the market understands, and the errors by which it refuses. */
export const pondAbi = parseAbi([
  'function supply(uint256 raw)',
  'function withdraw(uint256 raw)',
  'function borrow(uint256 raw)',
  'function repay(uint256 raw)',
  'function liquidate(address borrower, uint256 raw)',
  'error BorrowLimit()',
  'error MoreThanHeld()',
  'error Healthy()',
  'error TransferFailed()',
])

/** A loan may be `maxLtv` of its collateral, and is liquidated beyond the threshold. [WAD] */
export const POND_TERMS = {
  maxLtv: (75n * WAD) / 100n,
  liquidationThreshold: (80n * WAD) / 100n,
  /** What a liquidator gets above what they repay, which may be everything. */
  liquidationBonus: (5n * WAD) / 100n,
  /** Simple, of a year. */
  borrowRate: (6n * WAD) / 100n,
} as const

/** One token, lent against one other. */
export type PondMarket = {
  readonly address: Address
  readonly collateral: Token
  readonly loan: Token
}

/** USD per whole token. [1e8] */
export type PondPrices = { readonly collateral: bigint; readonly loan: bigint }

/** Everything on the market's chain at one moment. */
export type PondState = {
  readonly prices: PondPrices
  /** Debt per share: it grows with time. [WAD] */
  readonly index: bigint
  /** Balances, allowances, collateral and shares of debt, by path. */
  readonly slots: ReadonlyMap<string, bigint>
}

export type PondRefusal = 'BorrowLimit' | 'MoreThanHeld' | 'Healthy' | 'TransferFailed'

/** Path of a slot. */
export const slot = (...path: readonly string[]): string => path.join('/').toLowerCase()

/**
 * The market's contract: what a call makes of a state, or why it is refused.
 *
 * It stands for what an adapter is written FOR, so nothing here is the adapter's.
 */
export function runPond(
  { address, collateral, loan }: PondMarket,
  state: PondState,
  from: Address,
  { to, data }: Pick<Call, 'to' | 'data'>,
): PondState | PondRefusal {
  const { prices, index } = state
  const slots = new Map(state.slots)
  const after: PondState = { ...state, slots }
  const get = (...path: readonly string[]): bigint => slots.get(slot(...path)) ?? 0n
  const add = (raw: bigint, ...path: readonly string[]): void => {
    slots.set(slot(...path), get(...path) + raw)
  }
  const owedBy = (account: Address): bigint => mulDivUp(get('shares', account), index, WAD)

  /** Takes tokens from the caller, as far as they allowed it. */
  const pull = ({ address: token }: Token, raw: bigint): boolean => {
    if (raw > least(get(token, from), get('allowance', token, from))) return false
    add(-raw, token, from)
    add(-raw, 'allowance', token, from)
    add(raw, token, address)
    return true
  }
  const pay = ({ address: token }: Token, raw: bigint): boolean => {
    if (raw > get(token, address)) return false
    add(-raw, token, address)
    add(raw, token, from)
    return true
  }
  /** Lowers a debt, to nothing at most; returns what that takes. */
  const reduce = (account: Address, most: bigint): bigint => {
    const owed = owedBy(account)
    const shares = most < owed ? mulDivDown(most, WAD, index) : get('shares', account)
    add(-shares, 'shares', account)
    return least(most, owed)
  }
  /** Collateral counts rounded down, debt rounded up. */
  const isWithin = (ltv: bigint, account: Address): boolean => {
    const held = mulDivDown(get('collateral', account), prices.collateral, unit(collateral))
    return mulDivUp(owedBy(account), prices.loan, unit(loan)) * WAD <= held * ltv
  }

  if (!sameAddress(to, address)) {
    const { functionName, args } = decodeFunctionData({ abi: erc20Abi, data })
    if (functionName !== 'approve') return 'TransferFailed'
    slots.set(slot('allowance', to, from), args[1])
    return after
  }
  const { functionName, args } = decodeFunctionData({ abi: pondAbi, data })
  switch (functionName) {
    case 'supply':
      add(args[0], 'collateral', from)
      return pull(collateral, args[0]) ? after : 'TransferFailed'
    case 'withdraw':
      if (args[0] > get('collateral', from)) return 'MoreThanHeld'
      add(-args[0], 'collateral', from)
      if (!isWithin(POND_TERMS.maxLtv, from)) return 'BorrowLimit'
      return pay(collateral, args[0]) ? after : 'TransferFailed'
    case 'borrow':
      add(mulDivUp(args[0], WAD, index), 'shares', from)
      if (!isWithin(POND_TERMS.maxLtv, from)) return 'BorrowLimit'
      return pay(loan, args[0]) ? after : 'TransferFailed'
    case 'repay':
      return pull(loan, reduce(from, args[0])) ? after : 'TransferFailed'
    case 'liquidate': {
      const [borrower, most] = args
      if (isWithin(POND_TERMS.liquidationThreshold, borrower)) return 'Healthy'
      const repaid = reduce(borrower, most)
      const value = mulDivDown(repaid, prices.loan, unit(loan))
      const owed = mulDivDown(value, WAD + POND_TERMS.liquidationBonus, WAD)
      const held = get('collateral', borrower)
      const seized = least(mulDivDown(owed, unit(collateral), prices.collateral), held)
      add(-seized, 'collateral', borrower)
      return pull(loan, repaid) && pay(collateral, seized) ? after : 'TransferFailed'
    }
    default:
      return functionName satisfies never
  }
}

const unit = ({ decimals }: Token): bigint => 10n ** BigInt(decimals)
