# Reference results for diagnostics, from base R, plm and sandwich.
# Run from the repository root: Rscript tests/reference/make_engine_reference.R
# Reads tests/reference/data/*.csv; writes tests/reference/r_results/engine.csv.
# Needs Debian's r-cran-{plm,sandwich}. Nothing here draws random numbers.

suppressPackageStartupMessages({
  library(plm); library(sandwich)
})
options(digits = 15, warn = 1)
here <- file.path("tests", "reference")
rows <- list()
add <- function(dataset, software, quantity, term, value, note) {
  rows[[length(rows) + 1]] <<- data.frame(
    dataset = dataset, software = software, quantity = quantity, term = term,
    value = sprintf("%.15g", value), note = note)
}

cases <- list(
  Grunfeld = list(entity = "firm", formula = inv ~ value + capital),
  EmplUK = list(entity = "firm",
                formula = log(emp) ~ log(wage) + log(capital) + log(output)))
for (name in names(cases)) {
  case <- cases[[name]]
  data <- read.csv(file.path(here, "data", paste0(name, ".csv")))
  data <- data[order(data[[case$entity]], data$year), ]
  frame <- model.frame(case$formula, data)
  x <- model.matrix(case$formula, data)[, -1]
  y <- model.response(frame)
  firm <- data[[case$entity]]

  # Wooldridge's test: differences without a constant, residuals on their lags.
  rowwise <- function(v) unlist(tapply(v, firm, function(z) z))
  d <- function(v) unlist(lapply(split(v, firm), diff))
  dy <- d(y)
  dx <- apply(x, 2, d)
  df <- unlist(lapply(split(firm, firm), function(z) z[-1]))
  e <- residuals(lm(dy ~ dx - 1))
  now <- unlist(lapply(split(e, df), function(z) z[-1]))
  before <- unlist(lapply(split(e, df), function(z) z[-length(z)]))
  id <- unlist(lapply(split(df, df), function(z) z[-1]))
  fit <- lm(now ~ before - 1)
  v <- vcovCL(fit, cluster = id, type = "HC1")
  add(name, "sandwich", "serial_correlation", "F",
      (coef(fit) + 0.5)^2 / v[1, 1], "lm in differences, vcovCL(type='HC1')")

  pdata <- pdata.frame(data, index = c(case$entity, "year"))
  for (effect in c("individual", "twoways")) {
    fe <- plm(case$formula, pdata, model = "within", effect = effect)
    test <- pcdtest(fe, test = "cd")
    add(name, "plm", paste0("cd_", effect), "z", unname(test$statistic),
        sprintf("pcdtest(within %s, test='cd')", effect))
  }

  # Variance inflation within firms and years: diagonal of the inverse correlation.
  within <- sapply(colnames(x), function(n) {
    residuals(lm(x[, n] ~ factor(firm) + factor(data$year)))
  })
  inflation <- diag(solve(crossprod(within) / tcrossprod(sqrt(colSums(within^2)))))
  for (n in colnames(x)) {
    add(name, "base R", "variance_inflation", n, inflation[[n]], "within two ways")
    add(name, "base R", "within_share", n,
        sum(within[, n]^2) / sum((x[, n] - mean(x[, n]))^2), "within two ways")
  }
  # Weighted least squares with dummies, weights 1 + the row's place modulo 3.
  w <- 1 + (seq_along(y) - 1) %% 3
  fit <- lm(y ~ x + factor(firm) + factor(data$year), weights = w)
  v <- vcovCL(fit, cluster = firm, type = "HC1", cadjust = TRUE)
  hc <- vcovHC(fit, type = "HC1")
  for (j in seq_len(ncol(x))) {
    add(name, "base R", "weighted_estimate", colnames(x)[j], coef(fit)[[j + 1]], "lm")
    add(name, "sandwich", "weighted_se", colnames(x)[j], sqrt(v[j + 1, j + 1]),
        "vcovCL(type='HC1', cadjust=TRUE)")
    add(name, "sandwich", "weighted_hc1", colnames(x)[j], sqrt(hc[j + 1, j + 1]),
        "vcovHC(type='HC1')")
  }
}
write.csv(do.call(rbind, rows), file.path(here, "r_results", "engine.csv"),
          row.names = FALSE)
