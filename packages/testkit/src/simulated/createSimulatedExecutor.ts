import {
  type Address,
  type Amount,
  type AtomicExecutor,
  type Call,
  mulDivUp,
  sameAddress,
  type Token,
} from '@plimsoll/domain'
import type { SimulatedChain } from './createSimulatedChain.ts'
import { balanceOf, mint, move } from './Ledger.ts'
import { encodeCall, SimulatedRevert } from './simulatedCall.ts'

/** Fee of the lender for one transaction. [bps] */
const FEE = 5n

type Wrapped = {
  readonly loan: { readonly token: Address; readonly raw: bigint } | null
  readonly calls: readonly { readonly to: Address; readonly data: `0x${string}` }[]
  readonly sweep: readonly Address[]
}

/** Creates one owner's executor, with a lender that has any amount of the given tokens for 5 bp. */
export function createSimulatedExecutor(p: {
  readonly chain: SimulatedChain
  readonly address: Address
  readonly owner: Address
  readonly lends: readonly Token[]
  /** Every token it may be left with. */
  readonly tokens: readonly Token[]
}): AtomicExecutor {
  const { chain, address, owner } = p
  const tokenOf = (of: Address): Token => {
    const token = p.tokens.find((each) => sameAddress(each.address, of))
    if (token === undefined) throw new SimulatedRevert(address, 'UNKNOWN_TOKEN')
    return token
  }
  const feeOf = (raw: bigint): bigint => mulDivUp(raw, FEE, 10_000n)
  const lender: Address = '0x00000000000000000000000000000000001e4de4'

  chain.deploy({
    address,
    run({ storage, sender, args, call }) {
      if (!sameAddress(sender, owner)) throw new SimulatedRevert(address, 'NOT_OWNER')
      const { loan, calls, sweep } = args as Wrapped
      if (loan !== null) mint(storage, tokenOf(loan.token), address, loan.raw)
      for (const { to, data } of calls) call(to, data)
      if (loan !== null) {
        const raw = loan.raw + feeOf(loan.raw)
        move(storage, tokenOf(loan.token), { from: address, to: lender, raw })
      }
      for (const token of sweep.map(tokenOf))
        move(storage, token, { from: address, to: owner, raw: balanceOf(storage, token, address) })
    },
  })

  return {
    address,
    flashFee: ({ token, raw }: Amount) =>
      p.lends.some((each) => sameAddress(each.address, token.address)) ? feeOf(raw) : null,
    encode({ flashLoan, calls, sweep }): Call {
      const wrapped: Wrapped = {
        loan: flashLoan === null ? null : { token: flashLoan.token.address, raw: flashLoan.raw },
        calls: calls.map(({ to, data }) => ({ to, data })),
        sweep: sweep.map((token) => token.address),
      }
      return {
        to: address,
        data: encodeCall('execute', wrapped),
        value: 0n,
        venue: `simulated-executor:${address}`,
        label: calls.map(({ label }) => label).join(', then '),
      }
    },
  }
}
