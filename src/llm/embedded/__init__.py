"""Ollama's API over llama.cpp in a child process, for when no Ollama server is configured."""
