import { type Signer, usd } from '@plimsoll/domain'
import {
  type ChainClient,
  createPolicySigner,
  createReferenceReader,
  createSigningPolicy,
  executorRule,
  type OwnExecutor,
  type SigningPolicy,
} from '@plimsoll/evm'
import { type LocalAccount, parseGwei } from 'viem'
import type { ComposedVenues } from './composeVenues.ts'

/** Caps of the signing policy: far above what the devnet charges, far below what would hurt. */
const MAX_FEE_PER_GAS = parseGwei('200')
const MAX_GAS = 5_000_000n
const MAX_TRADED = usd(2_000_000_00000000n)
const MAX_LOAN = usd(4_000_000_00000000n)

/** Composes what may be signed for an owner: the rules of every adapter and of the owner's executor, and nothing else. */
export function composeSigner(p: {
  readonly client: ChainClient
  readonly venues: ComposedVenues
  readonly owner: LocalAccount
  readonly executor: OwnExecutor
}): { readonly policy: SigningPolicy; readonly signer: Signer } {
  const { venues, owner, executor } = p
  const policy = createSigningPolicy({
    chainId: p.client.chain.id,
    owner: owner.address,
    executor,
    rules: [
      ...venues.rules(executor.address),
      executorRule({
        executor,
        lenders: venues.lenders,
        tokens: Object.values(venues.tokens),
        maxLoan: MAX_LOAN,
      }),
    ],
    maxFeePerGas: MAX_FEE_PER_GAS,
    maxGas: MAX_GAS,
    maxTraded: MAX_TRADED,
  })
  const readReferences = createReferenceReader(venues.prices)
  return { policy, signer: createPolicySigner({ account: owner, policy, readReferences }) }
}
