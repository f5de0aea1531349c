import { flashLoanExecutorAbi } from '@plimsoll/contracts'
import {
  type Address,
  type Amount,
  type AtomicExecutor,
  InvalidInputError,
  MissingCapabilityError,
  sameAddress,
} from '@plimsoll/domain'
import { encodeFunctionData, zeroAddress } from 'viem'
import { type FlashLender, flashFeeOf, LOAN_KINDS } from './FlashLender.ts'
import type { OwnExecutor } from './OwnExecutor.ts'
import { pulledTokens } from './pulledTokens.ts'

const NO_LOAN = {
  kind: 0,
  lender: zeroAddress,
  token: zeroAddress,
  amount: 0n,
  maxPremium: 0n,
} as const

/**
 * Wraps calls for the owner's executor contract.
 *
 * A loan comes from the cheapest lender that has its token, the first of equals; what a lender has at the moment only
 * simulation tells. The executor repays the loan and its fee itself, then sends the swept tokens and the loan's to the
 * owner; what calls fetch for the executor from elsewhere is swept as well, as a rest may stay. The fee is rounded up, so it is never more than expected, and a lender that asks for more reverts the transaction.
 */
export function createAtomicExecutor(p: {
  readonly executor: OwnExecutor
  readonly lenders: readonly FlashLender[]
}): AtomicExecutor {
  const { lenders } = p
  const { address } = p.executor
  const venue = `executor:${address}`

  const findLender = ({ token }: Amount): FlashLender | null => {
    let cheapest: FlashLender | null = null
    for (const lender of lenders) {
      if (!lender.tokens.some((lent) => sameAddress(lent.address, token.address))) continue
      if (cheapest === null || lender.feeBps < cheapest.feeBps) cheapest = lender
    }
    return cheapest
  }

  const loanOf = (amount: Amount) => {
    const lender = findLender(amount)
    if (lender === null)
      throw new MissingCapabilityError({
        venue,
        asked: `borrow ${amount.token.symbol} for one transaction`,
        has: lenders.flatMap(({ kind, tokens }) =>
          tokens.map(({ symbol }) => `${symbol} of ${kind}`),
        ),
      })
    return {
      kind: LOAN_KINDS[lender.kind],
      lender: lender.address,
      token: amount.token.address,
      amount: amount.raw,
      maxPremium: flashFeeOf(lender, amount.raw),
    }
  }

  return {
    address,
    flashFee(amount) {
      const lender = findLender(amount)
      return lender === null ? null : flashFeeOf(lender, amount.raw)
    },
    encode({ flashLoan, calls, sweep }) {
      const paid = calls.find(({ value }) => value !== 0n)
      if (paid !== undefined)
        throw new InvalidInputError({
          field: `value of ${paid.label}`,
          found: paid.value,
          allowed: '0: the executor takes and sends no ETH',
        })
      const data = encodeFunctionData({
        abi: flashLoanExecutorAbi,
        functionName: 'execute',
        args: [
          flashLoan === null ? NO_LOAN : loanOf(flashLoan),
          calls.map(({ to, data }) => ({ target: to, data })),
          unique([...sweep.map((token) => token.address), ...pulledTokens(calls, address)]),
        ],
      })
      const label = `in one transaction: ${calls.map((call) => call.label).join(', ')}`
      return { to: address, data, value: 0n, venue, label }
    },
  }
}

const unique = (tokens: readonly Address[]): readonly Address[] =>
  tokens.filter((token, i) => tokens.findIndex((each) => sameAddress(each, token)) === i)
