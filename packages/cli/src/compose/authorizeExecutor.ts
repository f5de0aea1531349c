import {
  type Address,
  type ChainHead,
  InvariantError,
  type LendingVenue,
  type Signer,
  type SubmissionLane,
} from '@plimsoll/domain'

const AUTHORIZATION_GAS = 120_000n

/** Lets the owner's own executor act for them on every venue, through the signing policy. Done once, at set-up. */
export async function authorizeExecutor(p: {
  readonly signer: Signer
  readonly lane: SubmissionLane
  readonly head: ChainHead
  readonly executor: Address
  readonly venues: readonly LendingVenue[]
}): Promise<void> {
  let nonce = await p.lane.nonce(p.signer.address)
  for (const call of p.venues.flatMap((venue) => venue.authorize(p.executor))) {
    const block = await p.head.latest()
    const signed = await p.signer.sign({ call, nonce, gas: AUTHORIZATION_GAS, block })
    nonce += 1
    await p.lane.send(signed)
    const receipt = await p.lane.receipt(signed.hash)
    if (receipt?.status !== 'success')
      throw new InvariantError({
        expected: `${call.label} to be carried out`,
        found: receipt?.status ?? 'no receipt',
      })
  }
}
