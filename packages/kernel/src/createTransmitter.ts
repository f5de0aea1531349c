import type { Hex, Receipt, SignedTransaction, SubmissionLane } from '@plimsoll/domain'
import type { Sleeper } from './Sleeper.ts'

/** How long to wait for the chain's answer. */
export type ReceiptPatience = {
  /** Looks at a hash before it counts as unknown. */
  readonly polls: number
  /** [ms] */
  readonly everyMs: number
}

/** What the chain says of a hash: its receipt, that it has none, or nothing at all. */
export type Answer =
  | { readonly type: 'receipt'; readonly receipt: Receipt }
  | { readonly type: 'absent' }
  | { readonly type: 'unanswered'; readonly cause: unknown }

/** Carries bytes to the lane and waits for the answer. Makes no bytes and decides nothing. */
export type Transmitter = {
  /** Sends bytes, then waits. A lane that throws has perhaps sent them: the hash decides. */
  transmit(transaction: SignedTransaction): Promise<Answer>
  /** Waits for the receipt of what was sent before. */
  wait(hash: Hex): Promise<Answer>
  /** One look. */
  look(hash: Hex): Promise<Answer>
}

/** Creates the transmitter of one lane. */
export function createTransmitter(p: {
  readonly lane: SubmissionLane
  readonly sleeper: Sleeper
  readonly patience: ReceiptPatience
}): Transmitter {
  const look = async (hash: Hex): Promise<Answer> => {
    try {
      const receipt = await p.lane.receipt(hash)
      return receipt === null ? { type: 'absent' } : { type: 'receipt', receipt }
    } catch (cause) {
      return { type: 'unanswered', cause }
    }
  }
  const wait = async (hash: Hex): Promise<Answer> => {
    let answer = await look(hash)
    for (let poll = 1; answer.type !== 'receipt' && poll < p.patience.polls; poll++) {
      await p.sleeper.sleep(p.patience.everyMs)
      answer = await look(hash)
    }
    return answer
  }
  return {
    look,
    wait,
    async transmit(transaction) {
      let answer: Answer | null = null
      try {
        await p.lane.send(transaction)
      } catch (cause) {
        answer = { type: 'unanswered', cause }
      }
      const seen = await wait(transaction.hash)
      return seen.type === 'receipt' || answer === null ? seen : answer
    },
  }
}

/** Why an answer is not a receipt. */
export const whyOpen = (answer: Exclude<Answer, { type: 'receipt' }>): unknown =>
  answer.type === 'absent' ? 'the chain has no receipt yet' : answer.cause
