import { type Address, type Hex, sameAddress } from '@plimsoll/domain'
import { erc20Abi, getAbiItem } from 'viem'
import { decodeExactly } from './decodeExactly.ts'

const transferFrom = getAbiItem({ abi: erc20Abi, name: 'transferFrom' })

/** Tokens that calls fetch for an account by `transferFrom`: what of them is not used up stays there. */
export function pulledTokens(
  calls: readonly { readonly to: Address; readonly data: Hex }[],
  account: Address,
): readonly Address[] {
  return calls
    .filter(({ data }) => {
      const to = decodeExactly(transferFrom, data)?.[1]
      return typeof to === 'string' && sameAddress(to as Address, account)
    })
    .map(({ to }) => to)
}
