import { flashLoanExecutorAbi } from '@plimsoll/contracts'
import { type Address, sameAddress } from '@plimsoll/domain'
import { type ContractFunctionArgs, getAbiItem, zeroAddress } from 'viem'
import type { CallRule } from './CallRule.ts'
import { type FlashLender, LOAN_KINDS } from './FlashLender.ts'

type ExecuteArgs = ContractFunctionArgs<typeof flashLoanExecutorAbi, 'nonpayable', 'execute'>

/**
 * Lets the owner's executor be used: loans from the named lenders in their own tokens, or none.
 *
 * The calls it wraps are checked by the policy, each by the same rules. What is swept goes to the executor's owner, so
 * any token may be.
 */
export function executorRule(p: {
  readonly executor: Address
  readonly lenders: readonly FlashLender[]
}): CallRule {
  const { executor, lenders } = p
  return {
    target: executor,
    abi: getAbiItem({ abi: flashLoanExecutorAbi, name: 'execute' }),
    check(args) {
      const [{ kind, lender, token, amount }] = parseArgs(args)
      const isWithoutLoan =
        kind === 0 && lender === zeroAddress && token === zeroAddress && amount === 0n
      const isAllowed = lenders.some(
        (allowed) =>
          LOAN_KINDS[allowed.kind] === kind &&
          sameAddress(allowed.address, lender) &&
          allowed.tokens.some(({ address }) => sameAddress(address, token)),
      )
      if (isWithoutLoan || isAllowed) return null
      return {
        rule: 'flash lender',
        found: `kind ${kind}, lender ${lender}, token ${token}`,
        allowed:
          lenders
            .map(({ kind, address, tokens }) => {
              const symbols = tokens.map(({ symbol }) => symbol).join('/')
              return `kind ${LOAN_KINDS[kind]}, lender ${address}, ${symbols}`
            })
            .join('; or ') || 'no loan',
      }
    },
    inner: (args) => parseArgs(args)[1].map(({ target, data }) => ({ to: target, data })),
  }
}

/** The policy decodes by the rule's own ABI item, so the arguments have its types. */
const parseArgs = (args: readonly unknown[]): ExecuteArgs => args as unknown as ExecuteArgs
