import type { Address, Token } from '@plimsoll/domain'
import { erc20Abi, getAbiItem } from 'viem'
import { allowedAddress } from './allowedAddress.ts'
import type { CallRule } from './CallRule.ts'

/** Lets a token be approved to named spenders and to nobody else. */
export function approveRule(
  token: Pick<Token, 'address' | 'symbol'>,
  spenders: readonly Address[],
): CallRule {
  return {
    target: token.address,
    abi: getAbiItem({ abi: erc20Abi, name: 'approve' }),
    check: ([spender]) => allowedAddress(`${token.symbol} spender`, spender, spenders),
  }
}
