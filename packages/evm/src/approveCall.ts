import type { Address, Call, Token, VenueId } from '@plimsoll/domain'
import { encodeFunctionData, erc20Abi, formatUnits } from 'viem'

/** Lets a spender take an exact amount of a token from the sender. */
export function approveCall(p: {
  readonly token: Token
  readonly spender: Address
  /** [token decimals] */
  readonly raw: bigint
  readonly venue: VenueId
}): Call {
  return {
    to: p.token.address,
    data: encodeFunctionData({
      abi: erc20Abi,
      functionName: 'approve',
      args: [p.spender, p.raw],
    }),
    value: 0n,
    venue: p.venue,
    label: `approve ${formatUnits(p.raw, p.token.decimals)} ${p.token.symbol}`,
  }
}
