"""The language model: messages in, a stream of words out, over Ollama's API. Knows messages, not leads."""
