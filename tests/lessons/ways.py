"""Other solutions of challenges, and near misses.

Each line has lesson, challenge, and after the colon settings as in `Challenge.solution`, separated
by `|`; `-` changes nothing.
"""

from __future__ import annotations

import shlex

from engine.config import Setting

Ways = dict[tuple[str, str], list[dict[str, Setting]]]
"""Settings by lesson and challenge."""


def _read(table: str) -> Ways:
    ways: Ways = {}
    for line in table.strip().replace("\n    ", " ").splitlines():
        name, _, found = line.partition(": ")
        slug, challenge = name.split()
        ways[slug, challenge] = [
            {name: _value(text) for name, _, text in (each.partition("=") for each in words)}
            for words in (shlex.split(way.strip("-")) for way in found.split(" | "))
        ]
    return ways


def _value(text: str) -> Setting:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.replace("TEN", "sigmoid(" * 10 + "x" + ")" * 10)


ALSO = _read("""
gradient-by-hand overshoot: learning_rate=0.2 epochs=200 | learning_rate=0.8 points=1
gradient-by-hand dead-on: learning_rate=0.125 | learning_rate=0.0556
parameters quick: learning_rate=0.023 epochs=2000
parameters rolling: learning_rate=0.01 momentum=0.9 epochs=5000
linear-regression quick: momentum=0.9
linear-regression rolling: learning_rate=0.2 momentum=0.5
loss-reduction same-path: points=10 mean_learning_rate=0.1 |
    learning_rate=0.005 mean_learning_rate=0.015 seed=4
loss-reduction sum-diverges: points=1000
loss-reduction quick-mean: mean_learning_rate=0.15 epochs=300
batches same: batch_size=500 epochs=20
batches full: learning_rate=0.15 epochs=20
batches rest: learning_rate=0.002
batches apart: learning_rate=0.5 batch_size=20
dataloader mend: optimizer=sgd activation=relu | optimizer=sgd batch_size=1 epochs=30
dataloader vanish: optimizer=sgd learning_rate=100 epochs=20
decision-boundary xor: data=xor learning_rate=0.1 hidden_layers=1 units=2 seed=4
decision-boundary spiral: data=spiral learning_rate=0.1 epochs=5000 hidden_layers=1 units=16 |
    data=spiral learning_rate=0.1 epochs=5000 hidden_layers=2 activation=relu
logistic-regression right: momentum=0.95 epochs=500
logistic-regression best: data=overlap learning_rate=1 momentum=0.8 epochs=100
logistic-regression loose: learning_rate=1e+06 loss=BCEWithLogitsLoss
five-steps valley:
    model=wave compare=optimizers learning_rate=0.1 epochs=200 initial_w=-1 initial_b=-0.5 |
    model=wave compare=optimizers learning_rate=0.05 epochs=200 initial_w=-1 initial_b=0
five-steps upset:
    model=wave compare=optimizers learning_rate=0.05 epochs=200 initial_w=2 initial_b=2
autograd walked: expression=TEN x=0
autograd six: expression=6*x x=1 | expression=x*y x=9 y=6 | expression='mean(x) * 6' x=[5]
autograd faint: expression=TEN x=0 | expression=tanh(w*x) w=1 x=9 | expression=exp(-x) x=20
autograd refused: expression=x*2 x=1 requires_grad=none | expression=x*2 x=1 gradient='[1, 2]'
tensors column: scene=sequence line='x[:, 2:]' | scene=sequence line=x.T[2:].T
tensors view: scene=grid line='x.view(-1, 2)'
tensors shares: scene=broadcasting line='x / x.sum(1)[:, None]'
tensors batch: scene=image line=y.unsqueeze(0) | scene=image line='x.permute(2, 0, 1)[None]' |
    scene=image line='y.view(1, 3, 24, 36)'
probabilities nine: scene=odds typed='P = 0.9'
probabilities asleep: scene=gradients typed='y = 0; z = 6'
probabilities arrived: scene=race typed='z = -3' steps=60 |
    scene=race typed='y = 0; z = 2.5' steps=60
probabilities lost: scene=saturation typed='z = -100'
softmax even: scene=bars typed='z = [-2, -2]'
softmax learnt: scene=cross-entropy typed='y = hen' steps=120
softmax overflown: scene=overflow typed='dog = 90; hen = -100'
""")
"""Other settings that meet the challenges."""
MISSED = _read("""
gradient-by-hand overshoot: learning_rate=0.195 epochs=5 |
    learning_rate=0.195 epochs=500 initial_w=5 | learning_rate=0.25 | learning_rate=0.5 |
    initial_w=3
gradient-by-hand diverge: learning_rate=0.25 | points=10
gradient-by-hand dead-on: initial_w=2 | initial_w=1.999 | slope=1
parameters quick: learning_rate=0.01 momentum=0.9 epochs=500 |
    initial_w=3 initial_b=10 epochs=500 | learning_rate=0.024 epochs=2000 |
    learning_rate=0.02 noise=0 epochs=500
parameters rolling: learning_rate=0.023 epochs=1000
parameters edge: learning_rate=0.02 epochs=500 | learning_rate=0.024 epochs=2000 |
    learning_rate=0.0235 epochs=200 | learning_rate=0.0235 momentum=0.5 epochs=1000
parameters sum: learning_rate=0.1 reduction=sum
linear-regression quick: learning_rate=0.02 | initial_w=1.84 initial_b=1.17 |
    data=line noise=0 slope=0 intercept=0
linear-regression rolling: learning_rate=0.15 | learning_rate=0.17
linear-regression diverge: learning_rate=0.2 | learning_rate=0.18 |
    learning_rate=0.05 reduction=sum | learning_rate=0.1 data=line
loss-reduction same-path: mean_learning_rate=0.031 | points=10 mean_learning_rate=0.03 |
    learning_rate=1e-07 mean_learning_rate=1e-07 | initial_w=2 initial_b=0
loss-reduction sum-diverges: points=10 | learning_rate=0.1 | mean_learning_rate=1 |
    points=20 epochs=100
loss-reduction quick-mean: mean_learning_rate=0.05 | mean_learning_rate=0.18 |
    learning_rate=0.05 | initial_w=2 initial_b=0
batches same: batch_size=50 | batch_size=100 epochs=5 | points=10
batches full: learning_rate=0.1 | learning_rate=0.74 | initial_w=3 initial_b=10 |
    learning_rate=0.2 noise=0
batches rest: learning_rate=0.01 | noise=0 | learning_rate=0.0001
batches apart: learning_rate=0.2 | learning_rate=0.74 | learning_rate=0.5 batch_size=1
dataloader mend: optimizer=sgd standardise=no | optimizer=sgd | optimizer=sgd learning_rate=1 |  |
    optimizer=sgd epochs=500
dataloader vanish: optimizer=sgd standardise=no | optimizer=sgd learning_rate=1 standardise=no |
    optimizer=sgd | -
dataloader own: -
decision-boundary rolling: momentum=0.8 | learning_rate=0.1 | momentum=0.98 seed=3 |
    momentum=0.98 stop_above=0.9 | epochs=100 data=overlap
decision-boundary xor: data=xor learning_rate=0.1 |
    data=xor learning_rate=0.1 hidden_layers=1 units=8 |
    data=clouds learning_rate=0.1 hidden_layers=1 units=3 |
    data=xor learning_rate=0.1 hidden_layers=1 units=3 points=4
decision-boundary spiral: data=spiral learning_rate=0.1 epochs=5000 |
    data=spiral learning_rate=0.1 epochs=5000 hidden_layers=2 activation=sigmoid |
    data=spiral learning_rate=0.1 epochs=5000 hidden_layers=2 points=20
mnist reads: data=digits epochs=10
mnist convolution: data=digits learning_rate=0.05 epochs=60 |
    data=digits epochs=2 network=convolutional
mnist vanish: data=digits epochs=2 | data=digits epochs=2 activation=tanh
mnist sigmoids: data=digits learning_rate=0.05 epochs=10 |
    data=digits activation=sigmoid epochs=10
logistic-regression right: momentum=0.5 | learning_rate=0.1 | epochs=20000
logistic-regression best: data=overlap learning_rate=0.5 | data=overlap learning_rate=5 |
    learning_rate=3 | data=overlap learning_rate=3 gap=0
logistic-regression loose: learning_rate=100 | learning_rate=20 |
    learning_rate=100 loss=BCEWithLogitsLoss data=overlap
five-steps apart: compare=seeds units=2 epochs=2000 | compare=seeds units=2 epochs=50 seed=1
five-steps alike: compare=seeds units=3 epochs=400 noise=0 | epochs=1000
five-steps valley:
    model=wave compare=optimizers learning_rate=0.05 epochs=200 initial_w=1.5 initial_b=0 |
    model=wave compare=optimizers learning_rate=0.05 epochs=200 initial_w=-3 initial_b=-0.5
five-steps upset:
    model=wave compare=optimizers learning_rate=0.05 epochs=200 initial_w=1.5 initial_b=0 |
    model=wave compare=seeds learning_rate=0.05 epochs=200
autograd walked: expression=2*x x=1 | expression=exp(x)*2 x='[1, 2]'
autograd six: expression=x**2 x=3.0000001 | expression=-x**2 x=3 | expression=y**2 y=3 |
    expression='x*6 + y' x=1 y=1 requires_grad=y | expression=x*6 x='[1, 2]' gradient='[1, 1]' |
    expression=f*x f=5.9999 x=1
autograd faint: expression=relu(x) x=-1 | expression=sigmoid(x) x=13 |
    expression=sigmoid(x) x=1000 | expression=sqrt(0*x) x=1 | expression=1e-9*x*1e9 x=1
autograd refused: expression=x*y*z x=2 y=3 z=4 | expression=log(-x) x=2 |
    expression=x*2 x='[1, 2]' gradient='[1, 1]'
tensors column: scene=sequence line=x | scene=sequence line='x[:, -1]' |
    scene=sequence line='x[:, [-1]]' | scene=sequence line='x[:, :1]' |
    scene=grid line='x[:, -1:]'
tensors view: scene=grid line='x.T.reshape(6, 2)' | scene=grid line='x.reshape(6, 2).clone()' |
    scene=grid line='x.reshape(2, 6)'
tensors shares: scene=broadcasting line='x / x.sum()' |
    scene=broadcasting line='x / x.sum(dim=0)' | scene=broadcasting line='x * 0 + 1 / 3' |
    scene=broadcasting line='x - x.mean(dim=1, keepdim=True)'
tensors batch: scene=image line=y | scene=image line=x[None] |
    scene=image line='x.reshape(1, 3, 24, 36)' | scene=image line=y[None].clone()
probabilities nine: scene=odds typed='odds = 8.5' | scene=odds typed='P = 0.1' |
    scene=sigmoid typed='odds = 9'
probabilities asleep: scene=gradients typed='z = -4' | scene=gradients typed='z = 6' |
    scene=cross-entropy typed='z = -6'
probabilities arrived: scene=race steps=60 | scene=race typed='z = 3' steps=60 |
    scene=race typed='z = -3'
probabilities lost: scene=saturation typed='y = 0; z = 16' | scene=saturation typed='z = -50' |
    scene=saturation typed='z = 100'
softmax even: scene=bars typed='z = [0, 0, 0]' | scene=bars typed='z = [3, 3, 2.9]' |
    scene=shift typed='z = [3, 3]'
softmax sharpened: scene=temperature typed='T = 0.5' | scene=temperature typed='z = [9, 0]' |
    scene=bars typed='z = [9, 0]'
softmax learnt: scene=cross-entropy steps=5 | scene=cross-entropy typed='dog = 10' |
    scene=bars steps=120
softmax overflown: scene=overflow typed='z = [100, 90]' | scene=overflow typed='z = [50, -60]'
""")
"""Settings that just miss the challenges."""
