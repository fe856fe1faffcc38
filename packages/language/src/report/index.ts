export { flowSentences, flowWords } from './flow-words.ts'
export { changeMessages, unprovenChanges } from './messages/changes.ts'
export { findingMessages } from './messages/findings.ts'
export { recommendationMessages, unprovenBudget } from './messages/recommendations.ts'
export {
  assumptionMessages,
  neededMessages,
  standingMessages,
  unprovenMessages,
} from './messages/standing.ts'
export { methodWords, pageWords, signOffWords } from './page-words.ts'
export { foundGroupNames, personaCaution, personaTitles } from './persona-words.ts'
export {
  attributeWords,
  levelWords,
  measureWords,
  outcomeProfiles,
  sectionWords,
  totalWords,
} from './words.ts'
