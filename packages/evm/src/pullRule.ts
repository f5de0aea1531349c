import type { Token } from '@plimsoll/domain'
import { erc20Abi, getAbiItem } from 'viem'
import { allowedAddress } from './allowedAddress.ts'
import type { CallRule } from './CallRule.ts'

/** Lets the owner's executor fetch a token from the owner for itself, and nobody fetch from or for anyone else. */
export function pullRule(token: Pick<Token, 'address' | 'symbol'>): CallRule {
  return {
    target: token.address,
    abi: getAbiItem({ abi: erc20Abi, name: 'transferFrom' }),
    check: ([from, to], { owner, sender }) =>
      allowedAddress(`${token.symbol} pull`, from, [owner]) ??
      allowedAddress(`${token.symbol} pull`, to, [sender]),
  }
}
