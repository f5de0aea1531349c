import { type Address, sameAddress } from '@plimsoll/domain'
import {
  allowedAddress,
  approveRule,
  type CallRule,
  type PolicyContext,
  type Violation,
} from '@plimsoll/evm'
import { type AbiFunction, getAbiItem } from 'viem'
import { aTokenAbi, poolAbi } from './abi.ts'
import { type AaveV3Config, VARIABLE_RATE } from './config.ts'

type Check = (args: readonly unknown[], context: PolicyContext) => Violation | null

/**
 * What the signing policy may let through of Aave: the four verbs in the owner's name, exact approvals, and the moves of
 * aTokens that let the owner's executor withdraw.
 *
 * @param executor - The owner's own executor; null when there is none, which then refuses every move of aTokens.
 */
export function aaveV3Rules(config: AaveV3Config, executor: Address | null): readonly CallRule[] {
  const assets = config.reserves.map(({ token }) => token.address)
  const asset = (found: unknown): Violation | null => allowedAddress('Aave asset', found, assets)
  const account = (found: unknown, { owner }: PolicyContext): Violation | null =>
    allowedAddress('Aave account', found, [owner])
  const variable = (found: unknown): Violation | null =>
    found === VARIABLE_RATE
      ? null
      : { rule: 'Aave rate mode', found: String(found), allowed: `${VARIABLE_RATE} (variable)` }

  const pool = (name: 'supply' | 'withdraw' | 'borrow' | 'repay', check: Check): CallRule => ({
    target: config.pool,
    abi: getAbiItem({ abi: poolAbi, name }) as AbiFunction,
    check,
    ...(name === 'withdraw' || name === 'borrow' ? { leaves: ([of]) => [of as Address] } : {}),
  })
  const ownExecutor = executor === null ? [] : [executor]

  return [
    pool('supply', ([of, , onBehalfOf], context) => asset(of) ?? account(onBehalfOf, context)),
    pool(
      'withdraw',
      ([of, , to], { owner, sender }) =>
        asset(of) ?? allowedAddress('Aave recipient', to, [owner, sender]),
    ),
    pool(
      'borrow',
      ([of, , mode, , onBehalfOf], context) =>
        asset(of) ?? variable(mode) ?? account(onBehalfOf, context),
    ),
    pool(
      'repay',
      ([of, , mode, onBehalfOf], context) =>
        asset(of) ?? variable(mode) ?? account(onBehalfOf, context),
    ),
    ...config.reserves.flatMap(({ token, aToken }): readonly CallRule[] => [
      approveRule(token, [config.pool]),
      approveRule({ address: aToken, symbol: `a${token.symbol}` }, ownExecutor),
      {
        target: aToken,
        abi: getAbiItem({ abi: aTokenAbi, name: 'transferFrom' }),
        check: ([from, to], { owner, sender }) =>
          allowedAddress(`a${token.symbol} source`, from, [owner]) ??
          allowedAddress(
            `a${token.symbol} recipient`,
            to,
            sameAddress(owner, sender) ? [] : ownExecutor,
          ),
        leaves: () => [aToken],
      },
    ]),
  ]
}
