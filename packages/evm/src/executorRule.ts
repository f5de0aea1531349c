import { flashLoanExecutorAbi } from '@plimsoll/contracts'
import { sameAddress, type Token, type Usd, valueUp } from '@plimsoll/domain'
import { type ContractFunctionArgs, formatUnits, getAbiItem, zeroAddress } from 'viem'
import { allowedAddress } from './allowedAddress.ts'
import type { CallRule, References, Violation } from './CallRule.ts'
import { type FlashLender, flashFeeOf, LOAN_KINDS } from './FlashLender.ts'
import { missingReference } from './missingReference.ts'
import type { OwnExecutor } from './OwnExecutor.ts'

type ExecuteArgs = ContractFunctionArgs<typeof flashLoanExecutorAbi, 'nonpayable', 'execute'>
type Loan = ExecuteArgs[0]

/**
 * Lets the owner's executor be used: loans from the named lenders in their own tokens, up to a value, for no more than
 * the lender's fee; or none.
 *
 * The calls it wraps are checked by the policy, each by the same rules. What they can leave with the executor has to be
 * swept to the owner, and nothing else is swept but the tokens named: a sweep calls the token.
 *
 * @param p.tokens - Tokens that may be swept whether or not a call leaves any.
 * @param p.maxLoan - Most that one transaction may borrow, at the references. [USD 1e8]
 */
export function executorRule(p: {
  readonly executor: OwnExecutor
  readonly lenders: readonly FlashLender[]
  readonly tokens: readonly Token[]
  readonly maxLoan: Usd
}): CallRule {
  const { executor, lenders, tokens, maxLoan } = p

  const checkLoan = (loan: Loan, references: References): Violation | null => {
    if (isNone(loan)) return null
    for (const lender of lenders)
      if (LOAN_KINDS[lender.kind] === loan.kind && sameAddress(lender.address, loan.lender)) {
        const token = lender.tokens.find(({ address }) => sameAddress(address, loan.token))
        if (token !== undefined)
          return checkFee(loan, lender, token) ?? checkAmount(loan, token, references)
      }
    return {
      rule: 'flash lender',
      found: `kind ${loan.kind}, lender ${loan.lender}, token ${loan.token}`,
      allowed: lenders.map(describe).join('; or ') || 'no loan',
    }
  }

  const checkAmount = (loan: Loan, token: Token, references: References): Violation | null => {
    const missing = missingReference('flash loan', token.asset, references)
    const reference = references.get(token.asset)
    if (missing !== null || reference === undefined) return missing
    const value = valueUp(loan.amount, token.decimals, reference)
    return value <= maxLoan
      ? null
      : {
          rule: 'flash loan amount',
          found: `${formatUnits(loan.amount, token.decimals)} ${token.symbol}, $${formatUnits(value, 8)}`,
          allowed: `up to $${formatUnits(maxLoan, 8)}`,
        }
  }

  return {
    target: executor.address,
    abi: getAbiItem({ abi: flashLoanExecutorAbi, name: 'execute' }),
    check: (args, { references }) => checkLoan(parseArgs(args)[0], references),
    inner: (args) => parseArgs(args)[1].map(({ target, data }) => ({ to: target, data })),
    checkLeft(args, left) {
      const [{ kind, token: lent }, , sweep] = parseArgs(args)
      const allowed = [...tokens.map(({ address }) => address), ...left]
      for (const token of sweep) {
        const violation = allowedAddress('swept token', token, allowed)
        if (violation !== null) return violation
      }
      const swept = kind === 0 ? sweep : [...sweep, lent] // the contract sweeps the loan's token itself
      const forgotten = left.find((token) => !swept.some((each) => sameAddress(each, token)))
      return forgotten === undefined
        ? null
        : {
            rule: 'token left behind',
            found: `${forgotten} not swept`,
            allowed: 'every token that a call can leave with the executor swept to its owner',
          }
    },
  }
}

const isNone = ({ kind, lender, token, amount, maxPremium }: Loan): boolean =>
  kind === 0 &&
  lender === zeroAddress &&
  token === zeroAddress &&
  amount === 0n &&
  maxPremium === 0n

function checkFee(loan: Loan, lender: FlashLender, token: Token): Violation | null {
  const fee = flashFeeOf(lender, loan.amount)
  return loan.maxPremium <= fee
    ? null
    : {
        rule: 'flash loan premium',
        found: `${formatUnits(loan.maxPremium, token.decimals)} ${token.symbol}`,
        allowed: `up to ${formatUnits(fee, token.decimals)} ${token.symbol}, ${lender.feeBps} bps`,
      }
}

function describe({ kind, address, tokens }: FlashLender): string {
  const symbols = tokens.map(({ symbol }) => symbol).join('/')
  return `kind ${LOAN_KINDS[kind]}, lender ${address}, ${symbols}`
}

/** The policy decodes by the rule's own ABI item, so the arguments have its types. */
const parseArgs = (args: readonly unknown[]): ExecuteArgs => args as unknown as ExecuteArgs
