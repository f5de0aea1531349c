import { createSimulatedLendingHarness, lendingVenueSuite } from '../src/index.ts'

lendingVenueSuite({ name: 'simulated', create: async () => createSimulatedLendingHarness() })
