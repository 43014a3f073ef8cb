"""A tagger: words become vectors, an LSTM reads them both ways, a layer scores the tags."""

from torch import nn
from torch.nn import functional as F


class Tagger(nn.Module):
    def __init__(self, words=10_000, tags=17, width=128, hidden=256):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.lstm = nn.LSTM(width, hidden, num_layers=2, bidirectional=True, batch_first=True)
        self.dropout = nn.Dropout(0.3)
        self.scores = nn.Linear(2 * hidden, tags)

    def forward(self, sentence):
        states, _ = self.lstm(self.embedding(sentence))
        return F.log_softmax(self.scores(self.dropout(states)), dim=-1)
