import { defineSpanledger } from "@spanledger/collector-receiver";

/** The sample shop's: spans of the chatbot's calls of a model are counted. */
export default defineSpanledger({ aiCalls: { services: ["ai-chatbot"] } });
